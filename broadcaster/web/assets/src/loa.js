// What the pages do beyond plain HTML. Every page works without this file; it only makes them calmer.
import "./autosave.js";
import "./board_events.js";
import "./copy_text.js";
import "./cue_points.js";
import "./linked_words.js";
import "./moments.js";
import "./preview.js";

const notice = () => document.getElementById("notice");

// Says that the station cannot be reached, once, below whatever else the notice says.
function sayUnreachable() {
  const place = notice();
  if (!place || place.querySelector("[data-unreachable]")) return;
  const text = document.createElement("p");
  text.className = "banner banner-failed";
  text.dataset.unreachable = "";
  text.textContent = place.dataset.offline;
  place.append(text);
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) event.detail.headers["X-CSRF-Token"] = token;
});

// The server sends its own account of an error aimed at the notice; it is shown although it is an error.
document.addEventListener("htmx:beforeSwap", (event) => {
  const aim = event.detail.xhr.getResponseHeader("HX-Retarget");
  if (aim === "#notice") event.detail.shouldSwap = true;
});
document.addEventListener("htmx:sendError", sayUnreachable);
document.addEventListener("htmx:timeout", sayUnreachable);
// Once the station answers again only that sentence goes; another error stays until the next page.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) notice()?.querySelector("[data-unreachable]")?.remove();
});

// A form that changes something goes out once, and says so in words. htmx minds its own.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const busy = event.submitter?.dataset.busy;
  if (!busy) return;
  event.submitter.setAttribute("aria-busy", "true");
  (event.submitter.querySelector(".word") ?? event.submitter).textContent = busy;
});
// A page fetched back from the browser's memory would still be "sending".
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

// Two voices at once help nobody.
document.addEventListener(
  "play",
  (event) => {
    for (const other of document.querySelectorAll("audio")) if (other !== event.target) other.pause();
  },
  true,
);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

document.querySelector(".error-summary")?.focus();
