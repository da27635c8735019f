// Records into a form's file field: a level, the ends cut off, a trial hearing. What is sent is a WAV
// file like any other; without this file one made elsewhere is chosen instead.
import { canRecord, closeMicrophone, openMicrophone, percent } from "./microphone.js";

const PIECES_A_SECOND = 10;
const LONGEST_PIECES = 15 * 60 * PIECES_A_SECOND;
const SENT_HZ = 24_000;
const WAV_HEAD_BYTES = 44;

const clock = (pieces) => {
  const s = Math.floor(pieces / PIECES_A_SECOND);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
};

// 16 bits, one channel, no compression: what every reader of sound knows.
function wav(samples) {
  const bytes = new DataView(new ArrayBuffer(WAV_HEAD_BYTES + samples.length * 2));
  const text = (at, letters) => [...letters].forEach((each, n) => bytes.setUint8(at + n, each.charCodeAt(0)));
  text(0, "RIFF");
  bytes.setUint32(4, bytes.byteLength - 8, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, SENT_HZ, true);
  bytes.setUint32(28, SENT_HZ * 2, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  text(36, "data");
  bytes.setUint32(40, samples.length * 2, true);
  samples.forEach((each, n) => bytes.setInt16(WAV_HEAD_BYTES + n * 2, Math.max(-1, Math.min(1, each)) * 32767, true));
  return new File([bytes], "thu-am.wav", { type: "audio/wav" });
}

function recorder(place) {
  const part = (name) => place.querySelector(`[data-part="${name}"]`);
  const form = place.closest("form");
  const field = form.querySelector('input[type="file"]');
  const send = form.querySelector('button[type="submit"]');
  const said = place.dataset;
  const [begin, meter, state, after, first, last, hear, picture] = [
    ...["begin", "meter", "state", "after", "first", "last", "hear", "picture"],
  ].map(part);
  let microphone = null;
  let pieces = [];
  let rate = 0;
  let playing = null;

  const say = (sentence) => (state.textContent = sentence);
  const ends = () => [Number(first.value), pieces.length - Number(last.value)];

  function show(recording) {
    begin.setAttribute("aria-pressed", String(recording));
    begin.querySelector(".word").textContent = recording ? said.end : pieces.length ? said.again : said.begin;
    send.disabled = recording;
  }

  function draw() {
    const [from, to] = ends();
    const ink = getComputedStyle(place).color;
    const brush = picture.getContext("2d");
    const { width, height } = picture;
    brush.clearRect(0, 0, width, height);
    brush.fillStyle = ink;
    pieces.forEach(({ level }, n) => {
      brush.globalAlpha = n < from || n >= to ? 0.2 : 0.9;
      const tall = Math.max(2, (percent(level) / 100) * height);
      brush.fillRect((n / pieces.length) * width, (height - tall) / 2, Math.max(1, (width / pieces.length) * 0.8), tall);
    });
  }

  function chosen(context) {
    const [from, to] = ends();
    const length = pieces.slice(from, to).reduce((sum, each) => sum + each.samples.length, 0);
    const sound = context.createBuffer(1, Math.max(1, length), rate);
    const samples = sound.getChannelData(0);
    let at = 0;
    for (const { samples: piece } of pieces.slice(from, to)) for (const each of piece) samples[at++] = each / 32768;
    return sound;
  }

  function quiet() {
    playing?.close();
    playing = null;
    hear.setAttribute("aria-pressed", "false");
  }

  // What the form will send is what was heard: made anew whenever an end moves.
  async function keep() {
    quiet();
    const [from, to] = ends();
    send.disabled = true;
    draw();
    if (to - from < PIECES_A_SECOND / 2) return say(said.short);
    const seconds = (to - from) / PIECES_A_SECOND;
    const studio = new OfflineAudioContext(1, Math.ceil(seconds * SENT_HZ), SENT_HZ);
    const source = studio.createBufferSource();
    source.buffer = chosen(studio);
    source.connect(studio.destination);
    source.start();
    const made = await studio.startRendering();
    const files = new DataTransfer();
    files.items.add(wav(made.getChannelData(0)));
    field.files = files.files;
    send.disabled = false;
    say(`${said.ready} ${clock(to - from)}.`);
  }

  function stop() {
    if (!microphone) return;
    // What is still on its way came after the end: it would move the ends that are cut off.
    microphone.gatherer.port.onmessage = null;
    closeMicrophone(microphone);
    microphone = null;
    meter.value = 0;
    for (const each of [first, last]) {
      each.max = String(Math.max(0, pieces.length - PIECES_A_SECOND / 2));
      each.value = "0";
    }
    after.hidden = pieces.length === 0;
    show(false);
    if (pieces.length) keep();
  }

  async function start() {
    if (!canRecord()) return say(said.insecure);
    quiet();
    try {
      microphone = await openMicrophone(said.worklet);
    } catch {
      return say(said.refused);
    }
    pieces = [];
    rate = microphone.context.sampleRate;
    after.hidden = true;
    show(true);
    microphone.gatherer.port.onmessage = ({ data }) => {
      meter.value = percent(data.level);
      pieces.push({ samples: new Int16Array(data.samples), level: data.level });
      say(`${said.recording} ${clock(pieces.length)}`);
      if (pieces.length >= LONGEST_PIECES) stop();
    };
  }

  function listen() {
    if (playing) return quiet();
    playing = new AudioContext();
    const source = playing.createBufferSource();
    source.buffer = chosen(playing);
    source.connect(playing.destination);
    source.addEventListener("ended", quiet);
    source.start();
    hear.setAttribute("aria-pressed", "true");
  }

  place.hidden = false;
  show(false);
  begin.addEventListener("click", () => (microphone ? stop() : start()));
  hear.addEventListener("click", listen);
  field.addEventListener("change", () => (send.disabled = false));
  for (const end of [first, last]) {
    end.addEventListener("input", draw);
    end.addEventListener("change", keep);
  }
  window.addEventListener("pagehide", () => microphone && closeMicrophone(microphone));
}

for (const place of document.querySelectorAll("[data-recorder]")) recorder(place);
