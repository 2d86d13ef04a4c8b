// Keeps the page right: fetches it anew when the server has news, and every so often because time passes. Without this
// script the browser loads the page again every few seconds.
"use strict";

const EVERY = 10_000;
/** Where the addresses of these pages begin: a shared view has its own. */
const base = new URL(".", document.currentScript.src);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

let fetching = false;
let again = false;

/** Fetches the page and puts what is new in the place of what is old. */
async function refresh() {
  if (fetching || !getSelection().isCollapsed) {
    again = true;
    return;
  }
  fetching = true;
  again = false;
  try {
    const reply = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    // The page of a proxy that asks who you are has no part of this one, and neither has a refusal.
    if (!reply.ok || !fresh.querySelector("main") || !fresh.querySelector("#live")) {
      say("no longer up to date: reload the page, or ask for a new link");
      return;
    }
    announce(document.title, fresh.title);
    document.title = fresh.title;
    for (const part of ["link[rel=icon]", "main", "footer"]) {
      const [old, now] = [document.querySelector(part), fresh.querySelector(part)];
      if (now && old.outerHTML !== now.outerHTML) replace(old, now);
    }
    say(source.readyState === EventSource.CLOSED ? `refreshes every ${EVERY / 1000} seconds` : "live");
  } catch {
    say("connection lost, reconnecting…");
  } finally {
    fetching = false;
  }
}

/** Whoever is typing or has gone to a link stays there. */
function replace(old, now) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const typed = focused?.matches("input") ? [focused.value, focused.selectionStart, focused.selectionEnd] : null;
  old.replaceWith(now);
  if (!focused) return;
  const same = typed ? "input" : `a[href="${CSS.escape(focused.getAttribute("href") ?? "")}"]`;
  const place = now.querySelector(same);
  place?.focus({ preventScroll: true });
  if (typed && place) {
    place.value = typed[0];
    place.setSelectionRange(typed[1], typed[2]);
  }
}

function say(words) {
  const place = document.querySelector("#live");
  if (place && place.textContent !== words) place.textContent = words;
}

const source = new EventSource(new URL("live", base));
source.addEventListener("open", refresh);
source.addEventListener("news", refresh);
source.addEventListener("error", () => {
  // A shared view and one watcher too many get no news: the page is fetched every so often.
  if (source.readyState !== EventSource.CLOSED) say("connection lost, reconnecting…");
});
setInterval(refresh, EVERY);
document.addEventListener("selectionchange", () => {
  if (again && getSelection().isCollapsed) refresh();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});

// Times are said by the clock of whoever looks.
document.cookie = `zone=${encodeURIComponent(zone)}; path=/; SameSite=Strict; max-age=31536000`;

// A wall with `&sound` beeps when more pipelines are red than before. Browsers allow sound after a click on the page.
const sounds = new URLSearchParams(location.search).has("sound");

/** How many pipelines a title says are red. */
function red(title) {
  return Number.parseInt(/^(\d+) red/.exec(title)?.[1] ?? "0", 10);
}

function announce(before, now) {
  if (!sounds || red(now) <= red(before)) return;
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  tone.frequency.value = 660;
  tone.connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
  tone.addEventListener("ended", () => audio.close());
}

/** Moves the focus to the name of the next pipeline, or of the one before. */
function move(by) {
  const names = [...document.querySelectorAll(".row h2 a")];
  const row = document.activeElement?.closest(".row");
  const at = names.findIndex((name) => row?.contains(name));
  const next = at < 0 ? (by > 0 ? 0 : names.length - 1) : at + by;
  names[next]?.focus();
}

const keys = {
  "/": () => document.querySelector("input[type=search]")?.focus(),
  ArrowDown: () => move(1),
  j: () => move(1),
  ArrowUp: () => move(-1),
  k: () => move(-1),
  w: () => location.assign(new URL("?wall", base)),
  "?": () => document.querySelector("#keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, dialog")) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
