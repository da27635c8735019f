// The microphone of a live talk: one button, one socket. Whatever ends, the microphone is let go.
import { canRecord, closeMicrophone, openMicrophone, percent } from "./microphone.js";

const LONGEST_UNSENT_BYTES = 512 * 1024;
const place = document.getElementById("microphone");
const button = document.getElementById("microphone-button");
const state = document.getElementById("microphone-state");
const level = document.getElementById("microphone-level");
const left = document.getElementById("microphone-left");
const said = place?.dataset ?? {};
let talk = null;
let isBusy = false;

// A button that is disabled loses the keyboard's focus: whoever began by keyboard could not end.
function setBusy(busy) {
  isBusy = busy;
  button.setAttribute("aria-disabled", String(busy));
}

function say(sentence) {
  if (state.textContent !== sentence) state.textContent = sentence;
}

function show(speaking, word = speaking ? said.end : said.begin) {
  button.setAttribute("aria-pressed", String(speaking));
  button.querySelector(".word").textContent = word;
}

// While the poles open: the seconds that are left, told to nobody's ear each second anew.
function countDown(these, withinMs) {
  stopCounting(these);
  const until = performance.now() + withinMs;
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    left.textContent = said.left.replace("{}", String(seconds));
  };
  left.hidden = false;
  these.counting = setInterval(tick, 250);
  tick();
}

function stopCounting(these) {
  clearInterval(these.counting);
  left.hidden = true;
}

async function open() {
  const microphone = await openMicrophone(said.worklet);
  const address = new URL(said.socket, window.location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    const csrf = document.querySelector('meta[name="csrf-token"]').content;
    socket.send(JSON.stringify({ csrf, rate_hz: Math.round(microphone.context.sampleRate) }));
  });
  return { ...microphone, socket, isOver: false, isOpening: true, counting: 0 };
}

function letGo(these) {
  stopCounting(these);
  closeMicrophone(these);
  level.value = 0;
}

function hear(these, news) {
  if (these.isOpening && news.within_ms !== undefined) countDown(these, news.within_ms);
  if (news.event === "on_air" && these.isOpening) {
    these.isOpening = false;
    stopCounting(these);
    show(true);
    say(said.onAir);
  }
  if (news.event === "keeping") {
    letGo(these);
    button.hidden = true;
    say(said.keeping);
  }
  if (news.event === "failed") {
    these.isOver = true;
    say(document.documentElement.lang === "en" ? news.message_en : news.message_vi);
  }
  if (news.event === "ended") {
    these.isOver = true;
    say(said.over);
    window.location.reload();
  }
}

async function begin() {
  if (!canRecord()) return say(said.insecure);
  setBusy(true);
  try {
    talk = await open();
  } catch {
    return say(said.refused);
  } finally {
    setBusy(false);
  }
  const these = talk;
  show(true, said.cancel);
  say(said.opening);
  these.gatherer.port.onmessage = ({ data }) => {
    level.value = percent(data.level);
    const { socket } = these;
    // What the network does not take is left out: live speech is lost rather than late.
    if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < LONGEST_UNSENT_BYTES) socket.send(data.samples);
  };
  these.socket.addEventListener("message", (event) => hear(these, JSON.parse(event.data)));
  these.socket.addEventListener("close", () => {
    letGo(these);
    show(false);
    button.hidden = true;
    if (!these.isOver) say(said.lost);
  });
}

function end() {
  letGo(talk);
  if (talk.isOpening) {
    talk.isOpening = false;
    say(said.cancelling);
  }
  setBusy(true);
  if (talk.socket.readyState === WebSocket.OPEN) return talk.socket.send("end");
  talk.isOver = true;
  talk.socket.close();
}

if (place) {
  button.hidden = false;
  show(false);
  button.addEventListener("click", () => {
    if (!isBusy) (talk ? end() : begin());
  });
  window.addEventListener("beforeunload", (event) => {
    if (talk && !talk.isOver && talk.socket.readyState === WebSocket.OPEN) event.preventDefault();
  });
}
