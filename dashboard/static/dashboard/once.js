"use strict";

// A page that shows a secret is the answer to a form: to load it again must not send the form again.
history.replaceState(null, "", location.href);
