"use strict";

// The public page of a task: asks how far it is every three seconds, less often once it is over.

const shared = document.getElementById("live");
const state = document.getElementById("state");

const asking = new Live({
  url: () => shared.dataset.live,
  every: shared.dataset.over === undefined ? 3 : 30,
  state,
  show(page) {
    const next = page.getElementById("live");
    if (!next) return;
    merge(shared, next);
    asking.every = shared.dataset.over === undefined ? 3 : 30;
    document.title = `${shared.querySelector("h1").textContent} · ${shared.querySelector(".badge").textContent}`;
  },
});
