"use strict";

// The forms of the browsable API: each button sends the method that it names, with the text as JSON, and the answer's
// page takes the place of this one.

async function send(form, method) {
  const field = form.elements.body;
  const response = await fetch(location.pathname, {
    method,
    headers: {
      Accept: "text/html",
      "Content-Type": "application/json",
      "X-CSRFToken": document.getElementById("csrf").dataset.token,
    },
    body: field ? field.value : undefined,
  });
  if (!(response.headers.get("Content-Type") || "").startsWith("text/html")) {
    location.reload();
    return;
  }
  show(await response.text());
  // What was refused is there to be mended.
  const again = !response.ok && document.querySelector(`form.send[data-methods="${form.dataset.methods}"]`);
  if (again && field) again.elements.body.value = field.value;
  scrollTo(0, 0);
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.getElementById("page").replaceWith(page.getElementById("page"));
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-leave-out-empty]")) {
    for (const field of form.elements) field.disabled = field.value === "";
    return;
  }
  if (!form.matches("form.send")) return;
  event.preventDefault();
  const method = event.submitter.value;
  if (method === "DELETE" && !confirm(`${event.submitter.textContent}?`)) return;
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    await send(form, method);
  } catch (error) {
    alert(`The server could not be reached. ${error.message}`);
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
});

// A page that the browser brings back from its memory must not keep fields disabled.
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("[data-leave-out-empty] :disabled")) field.disabled = false;
});
