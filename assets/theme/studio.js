/* The studio's own few lines: light and dark, values under the pointer, keys between rows.
   Everything the pages can do works without them but these. */
(() => {
  "use strict";
  const KEY = "attune-shade";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const wanted = () => (chosen() || (system.matches ? "dark" : "light")) === "dark";

  function paint() {
    const dark = wanted();
    document.documentElement.classList.toggle("dark", dark);
    if (document.body && document.body.classList.contains("dark") !== dark)
      document.body.classList.toggle("dark", dark);
    const button = document.getElementById("shade");
    if (button) button.setAttribute("aria-pressed", String(dark));
  }

  /* Gradio sets the class by the system alone; the person's choice stands above it. */
  function watch() {
    paint();
    new MutationObserver(paint).observe(document.body, { attributeFilter: ["class"] });
    system.addEventListener("change", paint);
    document.getElementById("shade")?.addEventListener("click", () => {
      try { localStorage.setItem(KEY, wanted() ? "light" : "dark"); } catch { /* private mode */ }
      paint();
    });
  }

  /* Values under the pointer: the nearest step, a hair line, and the figures in words. */
  function read(event) {
    const plot = event.target.closest?.(".plot[data-plot]");
    for (const other of document.querySelectorAll(".plot[data-plot]"))
      if (other !== plot) rest(other);
    if (!plot) return;
    const { right, rows } = JSON.parse(plot.dataset.plot);
    const box = plot.getBoundingClientRect();
    const step = ((event.clientX - box.left) / box.width) * right;
    let near = rows[0];
    for (const row of rows) if (Math.abs(row[0] - step) < Math.abs(near[0] - step)) near = row;
    const rule = plot.querySelector(".rule");
    rule.hidden = false;
    rule.style.left = `${(100 * near[0]) / right}%`;
    const parts = [];
    if (near[1] !== null) parts.push(`training ${figure(near[1])}`);
    if (near[2] !== null) parts.push(`validation ${figure(near[2])}`);
    const reading = plot.parentElement.querySelector(".reading");
    reading.textContent = `Step ${near[0]}: ${parts.join(", ")}`;
  }

  /* Three decimals, and of small losses two figures. */
  function figure(loss) {
    const digits = loss && Math.abs(loss) < 0.01 ? 1 - Math.floor(Math.log10(Math.abs(loss))) : 3;
    return loss.toFixed(Math.min(8, digits));
  }

  function rest(plot) {
    const rule = plot.querySelector(".rule");
    if (rule.hidden) return;
    rule.hidden = true;
    const reading = plot.parentElement.querySelector(".reading");
    reading.textContent = reading.dataset.rest;
  }

  /* j and k, or n and p: the next row and the one before; at the end, the next page. */
  function step(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    const by = { j: 1, n: 1, k: -1, p: -1 }[event.key];
    const rows = [...document.querySelectorAll("article.row")];
    if (!by || !rows.length) return;
    const here = rows.indexOf(document.activeElement?.closest?.("article.row"));
    const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by];
    event.preventDefault();
    if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "start" }); }
    else document.querySelector(`.pager a[rel=${by > 0 ? "next" : "prev"}]`)?.click();
  }

  /* Who was signed out meanwhile comes to the login page, and from there back to this one. */
  const ask = window.fetch.bind(window);
  window.fetch = async (...what) => {
    const answer = await ask(...what);
    if (answer.status === 401) {
      const here = window.location.pathname + window.location.search;
      window.location.assign(`/login?next=${encodeURIComponent(here)}`);
    }
    return answer;
  };

  /* A fold that is drawn anew stays as the person left it, and one that stood open stays open. */
  const left = new WeakMap();
  function unfold(event) {
    const fold = event.target.closest?.("details[data-kept] > summary")?.parentElement;
    if (fold) left.set(fold, !fold.open);
  }
  function keep(changes) {
    for (const { target: fold } of changes) {
      if (!fold.matches("details[data-kept]")) continue;
      const open = left.get(fold) ?? true;
      left.set(fold, open);
      if (fold.open !== open) fold.open = open;
    }
  }
  document.addEventListener("click", unfold, true);
  new MutationObserver(keep).observe(document, { attributeFilter: ["open"], subtree: true });

  /* Blind votes: an arrow points at the better answer, from the moment that answers are seen. */
  const VOTES = { ArrowLeft: "left", ArrowRight: "right", ArrowDown: "tie", ArrowUp: "bad",
    u: "undo" };
  function choose(event) {
    const name = VOTES[event.key];
    const button = name && document.getElementById(`vote-${name}`);
    if (!button || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    if (!button.checkVisibility() && !document.querySelector("#duel article")) return;
    event.preventDefault();
    button.click();
  }

  document.addEventListener("keydown", choose);
  /* A note on whatever page is open when a job ends. The browser remembers what was under way;
     a page that is not looked at does not ask. */
  const MOVING = "attune-moving";
  async function listen() {
    if (document.visibilityState !== "visible") return;
    let before = "";
    try { before = sessionStorage.getItem(MOVING) || ""; } catch { /* private mode */ }
    try {
      const answer = await fetch(`/news?jobs=${before}`, { cache: "no-store" });
      if (!answer.ok) return;
      const told = await answer.json();
      if (!told.moving) return;
      try { sessionStorage.setItem(MOVING, told.moving.join(",")); } catch { /* as above */ }
      told.ended.forEach(note);
    } catch { /* the server is away: the next look will tell */ }
  }

  function note(told) {
    if (told.pages.includes(window.location.pathname + window.location.search)) return;
    let place = document.getElementById("notes");
    if (!place) {
      place = document.body.appendChild(document.createElement("div"));
      place.id = "notes";
      place.setAttribute("role", "status");
    }
    const card = place.appendChild(document.createElement("div"));
    card.className = `note ${told.state}`;
    card.append(`${told.text} `);
    const link = card.appendChild(document.createElement("a"));
    link.href = told.pages[0];
    link.textContent = "Look at it";
    const away = card.appendChild(document.createElement("button"));
    away.type = "button";
    away.textContent = "Close";
    away.addEventListener("click", () => card.remove());
  }

  function wait() {
    if (!document.querySelector("header.site")) return;
    listen();
    setInterval(listen, 4000);
    document.addEventListener("visibilitychange", listen);
  }

  document.addEventListener("pointermove", read, { passive: true });
  document.addEventListener("keydown", step);
  paint();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => { watch(); wait(); });
  else { watch(); wait(); }
})();
