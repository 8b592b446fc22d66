"use strict";

// What a reader has opened stays open when the figures around it are renewed.

document.addEventListener("htmx:beforeSwap", (event) => {
  const open = event.target.querySelectorAll("details[open][id]");
  event.target.dataset.open = Array.from(open, (details) => details.id).join(" ");
});

document.addEventListener("htmx:afterSwap", (event) => {
  for (const id of (event.target.dataset.open || "").split(" ")) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
});
