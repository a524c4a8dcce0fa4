// Enhancements only: every journey works without this file.
"use strict";
(() => {
  const on = (target, name, act) => target.addEventListener(name, act);

  // Leaving: hide the page at once and take it out of the history; the server does the rest.
  const exit = document.getElementById("exit");
  // Who is signed in leaves a mark, in case the server cannot be told now: its next answer signs them out.
  const lock = document.getElementById("lock");
  const mark = () => {
    if (!lock) return;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${lock.dataset.cookie}=now; path=/; samesite=strict${secure}`;
  };
  // Lock: nothing of the page stays, so that going back shows nothing either, not even without a network.
  const seal = () => {
    mark();
    const veil = document.createElement("div");
    veil.className = "veil";
    veil.textContent = lock.dataset.locked;
    lock.hidden = true;
    document.body.replaceChildren(veil, lock);
    if (navigator.onLine) lock.submit();
    else on(window, "online", () => lock.submit());
  };
  if (lock) {
    on(lock, "submit", (event) => {
      event.preventDefault();
      seal();
    });
    on(document, "keydown", (event) => {
      // By the place of the key: the same on a Latin and on a Cyrillic keyboard.
      if (event.code === "KeyL" && event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        seal();
      }
    });
  }
  const leave = () => {
    mark();
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

  // A page may be the answer to a form. Chromium keeps what was sent with such a page, and writes it into the
  // profile to send it again; so the page becomes one that was only asked for. Where sending again is the
  // way on, it stays.
  if (!document.querySelector("[data-again]")) history.replaceState(history.state, "", location.href);

  // After sending a form: go to what has to be put right, or to what was done.
  const wanted = document.querySelector("[data-focus]");
  if (wanted) wanted.focus();

  // The network: one bar over the page, so that nothing moves. It says "lost", "back", "slow" or nothing.
  const bar = document.getElementById("offline");
  let unsent = null;
  let slow = 0;
  const say = (what) => {
    clearTimeout(slow);
    if (!bar) return;
    const again = bar.querySelector("button");
    bar.querySelector("p").textContent = what ? bar.dataset[what] : "";
    again.hidden = !unsent || what === "slow";
    const enter = bar.querySelector("a");
    if (enter) enter.hidden = what !== "out";
    bar.hidden = !what;
  };
  const wait = (from) => {
    clearTimeout(slow);
    if (from.hasAttribute("data-file")) return; // the answer is a file, and the page stays
    slow = setTimeout(() => {
      say("slow");
      slow = setTimeout(() => say(""), 20000);
    }, 4000);
  };

  // A telephone may call itself online and reach nobody. Before a form leaves the page with what was
  // typed in it, ask the server for the head of one small file, unless it answered a moment ago.
  // Who is signed in asks for their account: who meanwhile was signed out would be led to the sign-in
  // page, and what was typed would be gone. After a long while that page is read too, for whoever signed in
  // again beside it has a new token, and without that no form is taken.
  const MOMENT = 10000;
  const LONG = 300000;
  const PATIENCE = 15000;
  const loaded = Date.now();
  let answered = loaded;
  const reach = async () => {
    if (!navigator.onLine) return "lost";
    const given = new AbortController();
    const timer = setTimeout(() => given.abort(), PATIENCE);
    const reads = lock && (unsent || Date.now() - loaded > LONG);
    try {
      const answer = await fetch(lock ? lock.dataset.asks : document.querySelector("link[rel=icon]").href, {
        method: reads ? "GET" : "HEAD",
        cache: "no-store",
        redirect: "manual",
        signal: given.signal,
      });
      answered = Date.now();
      if (answer.type === "opaqueredirect") return "out";
      return reads && answer.ok ? renew(await answer.text()) : "";
    } catch {
      return "lost";
    } finally {
      clearTimeout(timer);
    }
  };
  const renew = (html) => {
    const now = new DOMParser().parseFromString(html, "text/html");
    const theirs = now.getElementById("lock");
    if (!theirs || theirs.dataset.who !== lock.dataset.who) return "out"; // somebody else, on a shared computer
    const named = "input[name=csrfmiddlewaretoken]";
    const token = now.querySelector(named);
    if (!token) return "out";
    document.querySelectorAll(named).forEach((one) => (one.value = token.value));
    return "";
  };

  // A second click on the same button sends nothing twice.
  const ready = (form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  };
  const busy = (form) => {
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  };
  const send = async (form, button) => {
    busy(form);
    wait(form);
    const wrong = await reach();
    ready(form);
    if (wrong) {
      unsent = { form, button };
      say(wrong);
    } else {
      unsent = null;
      say("");
      form.requestSubmit(button);
    }
  };
  on(document, "submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("data-now")) return;
    if (form.method === "post" && form.dataset.sent) return event.preventDefault();
    if (!navigator.onLine || (form.method === "post" && Date.now() - answered > MOMENT)) {
      event.preventDefault();
      send(form, event.submitter);
      return;
    }
    wait(form);
    if (form.method !== "post") return;
    busy(form);
    setTimeout(() => ready(form), MOMENT);
  });
  on(document, "click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const away = link.target || link.hasAttribute("download") || link.getAttribute("href").startsWith("#");
    if (!away && link.origin === location.origin) wait(link);
  });
  if (bar) on(bar.querySelector("button"), "click", () => unsent && send(unsent.form, unsent.button));
  on(document, "signed-out", (event) => {
    unsent = { form: event.target, button: null };
    say("out");
  });
  on(window, "offline", () => say("lost"));
  on(window, "online", () => say(unsent ? "back" : ""));
  on(window, "pagehide", () => say(""));
  on(window, "pageshow", () => {
    say("");
    document.querySelectorAll("form[data-sent]").forEach(ready);
  });
  on(document, "htmx:afterRequest", (event) => {
    const form = event.target.closest("form");
    if (form) ready(form);
  });
  on(document, "htmx:sendError", () => say("lost"));
  on(document, "htmx:afterOnLoad", () => say(""));

  // The list of languages and the folded menu close like any menu.
  document.querySelectorAll(".langs details, .nav__more details").forEach((menu) => {
    on(document, "keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    on(document, "click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
})();
