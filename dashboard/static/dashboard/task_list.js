"use strict";

// The list of tasks. Who reads at its top sees new tasks appear; who has scrolled on, ticked a box or has the focus in
// the table keeps his place, and a button says how many are new.

const list = document.getElementById("live");

if (list) {
  const TOP = 80; // pixels
  const MOST_NEWER = 99;
  let here = list.dataset.here;
  let newer = new Set();
  let counted = 0;
  let mayLeave = false; // the reader asked for the newest

  const ticked = () => [...list.querySelectorAll("#rows input:checked:enabled")];
  const isHeld = (row) => row.contains(document.activeElement) || row.querySelector("input:checked:enabled") !== null;
  const isAtTop = () =>
    mayLeave || (scrollY < TOP && !ticked().length && !list.querySelector("#rows")?.contains(document.activeElement));
  const isFirstPage = () => list.dataset.newest !== undefined;
  const isPinned = () => isFirstPage() && here && !isAtTop();

  function url() {
    const part = list.dataset.live;
    list.dataset.asked = isPinned() ? "pinned" : "";
    return isPinned() ? `${part}&here=${encodeURIComponent(here)}` : part;
  }

  function show(page) {
    const next = page.getElementById("live");
    if (!next) return;
    const wasPinned = list.dataset.asked === "pinned";
    if (!wasPinned && isPinned()) return live.hurry(); // he has begun to read since
    mayLeave = false;
    keepHeld(next);
    merge(list, next);
    here = list.dataset.here || here;
    counted = wasPinned ? Number(next.dataset.newer || 0) : 0;
    newer = new Set();
    tell();
    prepare();
  }

  // Rows that are held stay, though they no longer meet the filters.
  function keepHeld(next) {
    const rows = next.querySelector("#rows");
    for (const row of list.querySelectorAll("#rows > tr")) {
      if (!rows || rows.querySelector(`#${CSS.escape(row.id)}`) || !isHeld(row)) continue;
      const kept = row.cloneNode(true);
      kept.classList.add("left");
      kept.title = "This task no longer meets the filters";
      const older = [...rows.children].find((other) => Number(other.dataset.number) < Number(row.dataset.number));
      rows.insertBefore(kept, older || null);
    }
  }

  function tell() {
    const button = list.querySelector("[data-show-newer]");
    const count = counted + newer.size;
    list.querySelector("#newer").hidden = count === 0;
    const number = count > MOST_NEWER ? `${MOST_NEWER}+` : count;
    button.textContent = count === 1 ? "1 new task" : `${number} new tasks`;
  }

  // What an event tells is shown at once; all else of the row comes with the next part.
  function heard(kind, { task }) {
    const row = document.getElementById(`task-${task.id}`);
    const wanted = list.dataset.statuses ? list.dataset.statuses.split(" ") : [];
    if (row) {
      write(row, task);
      if (kind === "status") live.hurry(1);
    } else if (kind !== "progress" && isFirstPage() && (!wanted.length || wanted.includes(task.status))) {
      if (isPinned()) {
        if (kind === "created") newer.add(task.id);
        tell();
      } else live.hurry(0.3);
    } else if (kind === "status") live.hurry(5); // the counts
  }

  function write(row, task) {
    const badge = row.querySelector(".badge");
    if (badge.textContent !== task.status.replaceAll("_", " ")) {
      badge.className = `badge ${task.status}`;
      badge.textContent = task.status.replaceAll("_", " ");
    }
    const meter = row.querySelector(".meter");
    meter.className = `meter ${task.status}`;
    if (task.value_percent === null) {
      meter.replaceChildren();
      if (task.value !== null) meter.append(percent(task.value));
      return;
    }
    let bar = meter.querySelector("progress");
    if (!bar) {
      bar = Object.assign(document.createElement("progress"), { max: 100, ariaLabel: "Progress" });
      meter.replaceChildren(bar, " ", percent(""));
    }
    bar.value = Math.min(task.value_percent, 100);
    meter.querySelector(".percent").textContent = `${task.value_percent} %`;
  }

  function percent(text) {
    return Object.assign(document.createElement("span"), { className: "percent", textContent: text });
  }

  // -- Ticked boxes

  function prepare() {
    const all = list.querySelector("[data-choose-all]");
    if (!all) return;
    const boxes = [...list.querySelectorAll("#rows input:not(:disabled)")];
    const chosen = ticked().length;
    all.hidden = false;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    const bulk = list.querySelector("#bulk");
    bulk.hidden = chosen === 0;
    list.querySelector("#chosen-count").textContent = chosen ? `${chosen} chosen` : "";
  }

  list.addEventListener("change", (event) => {
    if (event.target.matches("[data-choose-all]")) {
      for (const box of list.querySelectorAll("#rows input:not(:disabled)")) box.checked = event.target.checked;
    }
    prepare();
  });

  list.addEventListener("click", (event) => {
    if (!event.target.closest("[data-show-newer]")) return;
    mayLeave = true;
    scrollTo({ top: 0 });
    live.ask();
  });

  addEventListener("scroll", () => scrollY < TOP && counted + newer.size && !isPinned() && live.hurry(), { passive: true });

  const live = new Live({
    show,
    url,
    heard,
    events: list.dataset.events,
    state: document.getElementById("state"),
  });
  prepare();
}
