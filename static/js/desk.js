// The desk on a bad line: what was tapped stays on the page until the server says it is saved.
// Nothing is kept in the browser's storage. Without this file the same forms work, a little less kindly.
"use strict";
(() => {
  // The form's key makes sending again harmless: the server saves once.
  const form = document.querySelector("form[data-keep]");
  if (form) {
    const lost = form.querySelector("[data-lost]");
    const button = form.querySelector("[data-again]");
    let sending = false;
    // Signed out meanwhile, a tap would only lead to the sign-in page and be gone: the bar of hamroh.js says so.
    const lock = document.getElementById("lock");
    const loaded = Date.now();
    const isOut = async (signal) => {
      if (!lock || Date.now() - loaded < 10000) return false;
      const asked = { method: "HEAD", cache: "no-store", redirect: "manual", signal };
      return (await fetch(lock.dataset.asks, asked)).type === "opaqueredirect";
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (sending) return;
      sending = true;
      form.setAttribute("aria-busy", "true");
      const patience = new AbortController();
      const timer = setTimeout(() => patience.abort(), 15000);
      let answer = null;
      try {
        if (await isOut(patience.signal)) form.dispatchEvent(new CustomEvent("signed-out", { bubbles: true }));
        else
          answer = await fetch(form.action, {
            method: "POST",
            body: new URLSearchParams(new FormData(form)),
            redirect: "manual",
            signal: patience.signal,
          });
        lost.hidden = true;
      } catch {
        lost.hidden = false;
        button.querySelector("span").textContent = button.dataset.again;
        button.scrollIntoView({ block: "nearest" });
      }
      clearTimeout(timer);
      sending = false;
      form.removeAttribute("aria-busy");
      if (!answer) return;
      if (answer.type === "opaqueredirect") location.assign(form.dataset.after);
      else form.submit(); // something to put right, or signed out: the server's own page says what
    });
  }

  // A first tap without a line stays here too, instead of an empty page of the browser's.
  document.querySelectorAll("a[data-tap]").forEach((tap) => {
    tap.addEventListener("click", (event) => {
      if (navigator.onLine) return;
      event.preventDefault();
      tap.focus();
    });
  });
})();
