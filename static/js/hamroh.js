// Enhancements only: every journey works without this file.
"use strict";
(() => {
  const on = (target, name, act) => target.addEventListener(name, act);

  // Leaving: hide the page at once and take it out of the history; the server does the rest.
  const exit = document.getElementById("exit");
  const leave = () => {
    const veil = document.createElement("div");
    veil.className = "veil";
    veil.textContent = exit.dataset.wait;
    document.body.replaceChildren(veil);
    document.title = exit.dataset.wait;
    location.replace(exit.href);
  };
  if (exit) {
    on(exit, "click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      leave();
    });
    // Shift alone, three times within five seconds. Another key in between is somebody typing.
    let presses = [];
    on(document, "keydown", (event) => {
      if (event.key !== "Shift") presses = [];
      else if (!event.repeat) {
        const now = Date.now();
        presses = [...presses.filter((at) => now - at < 5000), now];
        if (presses.length === 3) leave();
      }
    });
  }

  // After sending a form: go to what has to be put right, or to what was done.
  const wanted = document.querySelector("[data-focus]");
  if (wanted) wanted.focus();

  // A second click on the same button sends nothing twice.
  on(document, "submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    setTimeout(() => ready(form), 10000);
  });
  const ready = (form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  };
  on(window, "pageshow", () => document.querySelectorAll("form[data-sent]").forEach(ready));
  on(document, "htmx:afterRequest", (event) => {
    const form = event.target.closest("form");
    if (form) ready(form);
  });

  // The network went away: say so, and keep what was typed.
  const offline = document.getElementById("offline");
  const lost = (yes) => {
    if (!offline) return;
    offline.textContent = yes ? offline.dataset.text : "";
    offline.hidden = !yes;
  };
  on(window, "offline", () => lost(true));
  on(window, "online", () => lost(false));
  on(document, "htmx:sendError", () => lost(true));
  on(document, "htmx:afterOnLoad", () => lost(false));
  on(document, "submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      lost(true);
      ready(event.target);
    }
  });

  // The language list closes like any menu.
  const menu = document.querySelector(".langs details");
  if (menu) {
    on(document, "keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    on(document, "click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  }
})();
