"use strict";

// What pages do beyond what works without a script: menus close, text is copied, and asking before what can't be undone.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const button = event.target.closest("[data-copy]");
  if (button) copy(button, document.getElementById(button.dataset.copy));
});

// Scripts have no clipboard on pages that come without encryption from another machine: there the text is selected,
// and copied the old way. Where that is refused as well, Ctrl-C copies what is selected.
function copy(button, source) {
  const done = () => { button.textContent = "Copied"; };
  const select = () => {
    getSelection().selectAllChildren(source);
    if (document.execCommand("copy")) done();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(source.textContent.trim()).then(done, select);
  else select();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("submit", (event) => {
  const question = (event.submitter && event.submitter.dataset.ask) || event.target.dataset.ask;
  if (question && !confirm(question)) event.preventDefault();
});
