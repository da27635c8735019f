// A live part that tells by itself what is new (data-events). While its stream is silent or broken it
// is asked for every few seconds, as other live parts are; without this file the page reloads itself.

const ASK_EVERY_MS = 2_000;
const SILENT_AFTER_MS = 40_000;
const part = () => document.querySelector("[data-events]");
let stream = null;
let asking = null;
let heard = 0;

function ask(needed) {
  if (!needed) {
    clearInterval(asking);
    asking = null;
  } else if (!asking) {
    asking = setInterval(() => part() && window.htmx.trigger(part(), "look"), ASK_EVERY_MS);
  }
}

function show(html) {
  const place = part();
  // What stands there already, after a stream was opened anew, is not exchanged under a reader's hand.
  if (!place || html.includes(`data-version="${place.dataset.version}"`)) return;
  window.htmx.swap(place, html, { swapStyle: "outerHTML" });
}

function close() {
  stream?.close();
  stream = null;
}

function open() {
  const place = part();
  if (!place || stream) return;
  heard = Date.now();
  stream = new EventSource(`${place.dataset.events}?have=${place.dataset.version}`);
  const hear = () => {
    heard = Date.now();
    ask(false);
  };
  for (const name of ["open", "beat", "board"]) stream.addEventListener(name, hear);
  stream.addEventListener("board", (event) => show(event.data));
  // Signed out, here or elsewhere: the page asks who is there.
  stream.addEventListener("gone", () => {
    close();
    window.location.reload();
  });
  stream.addEventListener("full", () => {
    close();
    ask(true);
  });
  stream.addEventListener("error", () => ask(true));
}

if (part()) {
  // Something between may hold the stream back without breaking it.
  setInterval(() => stream && Date.now() - heard > SILENT_AFTER_MS && ask(true), ASK_EVERY_MS);
  if (window.EventSource) open();
  else ask(true);
  // A page that nobody sees holds no stream; one that is looked at again begins with what is new.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
}
