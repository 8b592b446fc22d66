"use strict";

// Redoc shows its maker's logo from the maker's host. This page asks no other host for anything: the picture is refused
// before it is asked for, and Redoc leaves its place empty.
const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
const isForeign = (url) => !url.startsWith("data:") && new URL(url, location.href).origin !== location.origin;
Object.defineProperty(HTMLImageElement.prototype, "src", {
  ...source,
  set(url) {
    source.set.call(this, isForeign(url) ? "data:," : url);
  },
});
HTMLImageElement.prototype.setAttribute = function (name, value) {
  Element.prototype.setAttribute.call(this, name, name === "src" && isForeign(value) ? "data:," : value);
};

const place = document.getElementById("redoc");
const sans = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif';
const mono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace';

Redoc.init(
  place.dataset.schema,
  {
    expandResponses: "200,201",
    requiredPropsFirst: true,
    sortRequiredPropsFirst: true,
    scrollYOffset: ".bar",
    theme: {
      colors: { primary: { main: "#1f5fa8" } },
      typography: {
        fontFamily: sans,
        headings: { fontFamily: sans, fontWeight: "600" },
        code: { fontFamily: mono, fontSize: "13px" },
      },
      sidebar: { backgroundColor: "#f6f7f9" },
      rightPanel: { backgroundColor: "#1f2733" },
    },
  },
  place,
);
