// Live updates, keys, inserting passages, sound and title badge. Everything works without it, by reload.
"use strict";

// Live: one stream a visible tab says "look again"; hidden tabs and lost streams fall back to htmx polling.
let stream = null;
function listen() {
  const address = document.body.dataset.events;
  if (!address || document.hidden || stream) return;
  stream = new EventSource(address);
  stream.addEventListener("change", () => htmx.trigger(document.body, "live"));
  stream.addEventListener("typing", citizenTypes);
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden && stream) {
    stream.close();
    stream = null;
  }
  listen();
});
addEventListener("pagehide", () => stream && stream.close());

// Title badge and sound: the number of people waiting.
const title = document.title;
let waiting = null;
function countWaiting() {
  const element = document.getElementById("waiting");
  if (!element) return;
  const now = Number(element.dataset.waiting);
  document.title = now ? `(${now}) ${title}` : title;
  const button = document.getElementById("nav-button");
  if (now) button.dataset.count = now;
  else delete button.dataset.count;
  if (waiting !== null && now > waiting) chime();
  waiting = now;
}
const soundOn = () => localStorage.getItem("staff-sound") === "on";
function chime() {
  if (!soundOn()) return;
  const audio = new AudioContext();
  [660, 880].forEach((pitch, index) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + index * 0.18;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.36);
  });
}
function showSound() {
  const button = document.getElementById("sound");
  if (!button) return;
  const state = document.getElementById("sound-state");
  button.setAttribute("aria-pressed", String(soundOn()));
  state.textContent = soundOn() ? state.dataset.on : state.dataset.off;
}

// The answer box: Enter sends (not while an input method composes a word, not on a touch screen).
const box = () => document.getElementById("text");
function insert(words) {
  const field = box();
  if (!field) return;
  const before = field.value.slice(0, field.selectionStart);
  const gap = before && !/\s$/.test(before) ? "\n" : "";
  field.setRangeText(gap + words, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}
function send(field) {
  if (field.value.trim()) field.form.requestSubmit();
}
document.addEventListener("keydown", (event) => {
  const field = box();
  if (event.isComposing || event.keyCode === 229) return;
  if (event.target === field && event.key === "Enter" && !event.shiftKey) {
    if (event.ctrlKey || event.metaKey || !matchMedia("(pointer: coarse)").matches) {
      event.preventDefault();
      send(field);
    }
    return;
  }
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (typing && event.key === "Escape") event.target.blur();
  if (!typing && event.key === "?") document.getElementById("keys")?.togglePopover();
  if (!typing && event.key === "/" && document.getElementById("q")) {
    event.preventDefault();
    document.getElementById("q").focus();
  }
  if (event.altKey && /^[1-5]$/.test(event.key)) {
    const button = document.querySelector(`[data-suggestion="${event.key}"] [data-insert]`);
    if (button && field) {
      event.preventDefault();
      insert(button.dataset.insert);
    }
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (button) insert(button.dataset.insert);
  if (event.target.closest("#sound")) {
    localStorage.setItem("staff-sound", soundOn() ? "off" : "on");
    showSound();
    chime();
  }
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// The file that goes with the answer is named beside the box.
function showAttached() {
  const name = document.getElementById("attached");
  if (!name) return;
  name.textContent = box()?.form.querySelector("input[type=file]")?.files[0]?.name || name.dataset.words;
}
document.addEventListener("change", (event) => event.target.type === "file" && showAttached());

// A draft survives a reload; it is kept in this tab only and forgotten once sent.
const draftKey = (field) => `draft-${field.dataset.draft}`;
function restoreDraft() {
  const field = box();
  if (!field) return;
  if (!field.value) field.value = sessionStorage.getItem(draftKey(field)) || "";
}
document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  sessionStorage.setItem(draftKey(event.target), event.target.value);
  tellTyping(event.target);
});

// Typing: the citizen's is shown until it is silent or a message comes; one's own is told now and then.
let typingEnds = 0;
function citizenTypes() {
  const hint = document.getElementById("typing");
  if (!hint) return;
  hint.textContent = hint.dataset.words;
  clearTimeout(typingEnds);
  typingEnds = setTimeout(nobodyTypes, 1000 * hint.dataset.lasts);
}
function nobodyTypes() {
  document.getElementById("typing")?.replaceChildren();
}
let toldTyping = 0;
function tellTyping(field) {
  if (!field.value.trim() || Date.now() - toldTyping < 1000 * field.dataset.pulse) return;
  toldTyping = Date.now();
  fetch(field.dataset.typing, { method: "POST", headers: JSON.parse(document.body.getAttribute("hx-headers")) }).catch(() => {});
}

// The log stays at its end unless the reader has scrolled up.
// On a phone the page itself scrolls, and the answer box covers its lower end.
function overhang(log) {
  const cover = document.getElementById("compose")?.offsetHeight || 0;
  return log.getBoundingClientRect().bottom + cover - innerHeight;
}
const scrolls = (log) => getComputedStyle(log).overflowY !== "visible";
function atEnd(log) {
  return (scrolls(log) ? log.scrollHeight - log.scrollTop - log.clientHeight : overhang(log)) < 120;
}
function toEnd() {
  const log = document.getElementById("log");
  if (!log) return;
  if (scrolls(log)) log.scrollTop = log.scrollHeight;
  else scrollBy(0, overhang(log));
}
let follow = true;
document.addEventListener("htmx:beforeSwap", () => {
  const log = document.getElementById("log");
  follow = !log || atEnd(log);
});
document.addEventListener("htmx:afterSettle", (event) => {
  countWaiting();
  if (!document.getElementById("log")?.contains(event.target)) return;
  if (event.target.matches?.(".citizen")) nobodyTypes();
  if (follow) toEnd();
});
document.addEventListener("htmx:oobAfterSwap", restoreDraft);
document.addEventListener("answered", () => {
  const field = box();
  document.getElementById("talk-problem").replaceChildren();
  if (!field) return;
  sessionStorage.removeItem(draftKey(field));
  field.value = "";
  for (const file of field.form.querySelectorAll("input[type=file]")) file.value = "";
  showAttached();
  field.focus();
  follow = true;
  toEnd();
});

// Lost connection: say so until something gets through again.
const offline = (lost) => document.getElementById("offline")?.toggleAttribute("hidden", !lost);
document.addEventListener("htmx:sendError", () => offline(true));
document.addEventListener("htmx:afterRequest", (event) => {
  const status = event.detail.xhr?.status || 0;
  if (status > 0) offline(status >= 500);
});

document.addEventListener("DOMContentLoaded", () => {
  showSound();
  countWaiting();
  restoreDraft();
  toEnd();
  box()?.focus({ preventScroll: true });
  listen();
});
