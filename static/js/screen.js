// For who is signed in: cover a page that nobody touches or that was turned away from.
// The cover only hides from eyes nearby; locking (hamroh.js) ends the session on the server.
"use strict";
(() => {
  const MINUTE = 60000;
  const cover = document.getElementById("cover");
  if (!cover) return;
  const show = cover.querySelector("button");
  const rest = [...document.body.children].filter((part) => part !== cover && !part.matches(".exit, script"));
  let timer = 0;
  let focused = null;

  const hide = () => {
    if (!cover.hidden) return;
    focused = document.activeElement;
    document.body.classList.add("is-covered");
    rest.forEach((part) => { part.inert = true; });
    cover.hidden = false;
    show.focus({ preventScroll: true });
  };
  const reveal = () => {
    cover.hidden = true;
    rest.forEach((part) => { part.inert = false; });
    document.body.classList.remove("is-covered");
    if (focused) focused.focus({ preventScroll: true });
    touched();
  };
  const touched = () => {
    if (!cover.hidden) return;
    clearTimeout(timer);
    timer = setTimeout(hide, MINUTE);
  };

  ["pointerdown", "pointermove", "keydown", "input", "wheel", "touchmove"].forEach((name) =>
    document.addEventListener(name, touched, { passive: true }),
  );
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") hide();
  });
  window.addEventListener("pagehide", hide);
  show.addEventListener("click", reveal);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !cover.hidden) reveal();
  });
  touched();
})();
