"use strict";

// A page that shows a secret is the answer to a form: to load it again must not send the form again.
history.replaceState(null, "", location.href);

// And who comes back to it gets the list, not what the browser has kept of the page.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
