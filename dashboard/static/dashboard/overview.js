"use strict";

// The overview renews its figures. What a reader has opened stays open; a page that nobody looks at asks for nothing.

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  // The answer is another page once the session is over: the whole page goes there, not a part of it.
  if (pathOf(event.detail.xhr.responseURL) !== pathOf(location.href)) {
    event.preventDefault();
    location.reload();
    return;
  }
  const open = event.target.querySelectorAll("details[open][id]");
  event.target.dataset.open = Array.from(open, (details) => details.id).join(" ");
});

document.addEventListener("htmx:afterSwap", (event) => {
  for (const id of (event.target.dataset.open || "").split(" ")) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
});

// A page is the same with and without its last slash.
function pathOf(url) {
  return new URL(url, location.href).pathname.replace(/\/$/, "");
}
