"use strict";

// The page of one task: what an event tells of it is shown at once, the rest of the page follows.

const look = document.getElementById("live");

if (look) {
  const slower = () => (look.dataset.over === undefined ? 3 : 10);

  const live = new Live({
    url: () => look.dataset.live,
    every: slower(),
    events: look.dataset.events,
    state: document.getElementById("state"),
    show(page) {
      const next = page.getElementById("live");
      if (!next) return;
      const state = next.querySelector("#state"); // it is ours
      state.replaceWith(document.getElementById("state").cloneNode(true));
      merge(look, next);
      live.every = slower();
    },
    heard(kind, { task }) {
      if (task.id !== look.dataset.id) return;
      const bar = look.querySelector("#now .big progress");
      if (bar && task.value_percent !== null) {
        bar.value = Math.min(task.value_percent, 100);
        look.querySelector("#now .big b").textContent = `${task.value_percent} %`;
      }
      live.hurry(kind === "status" ? 0.1 : 1);
    },
  });
}
