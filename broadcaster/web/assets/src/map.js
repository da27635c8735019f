// Draws the list of placed devices as a map, without tiles: it works where nothing but the station
// can be reached. The list below says the same, and is all there is without this file. Where the
// list has several parts, the places of all come as one JSON (`data-places`): far away each is a
// dot, and near enough, a pin as in a small fleet.
import L from "leaflet";
import "./choice_map.js";

const SVG = "http://www.w3.org/2000/svg";
const PINS_AT_ONCE = 200;
const LOOKED_AGAIN_MS = 30_000;
const place = document.getElementById("device-map");
let pins = null;

function iconOf(device) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${place.dataset.sprite}#play-${device.mark}`);
  drawing.append(use);
  const pin = document.createElement("div");
  pin.className = `device-pin ink-${device.tone}`;
  pin.append(drawing);
  return L.divIcon({ html: pin, className: "", iconSize: [44, 44], iconAnchor: [22, 22] });
}

function popupOf(device) {
  const about = document.createElement("div");
  const link = document.createElement("a");
  link.href = device.href;
  link.textContent = device.name;
  const words = document.createElement("p");
  words.textContent = device.words;
  about.append(link, words);
  return about;
}

function pinOf(device) {
  const said = `${device.name}: ${device.words}`;
  return L.marker(device.at, { icon: iconOf(device), alt: said, title: said }).bindPopup(popupOf(device));
}

// Colour is not all that tells them apart: what is confirmed is small and full, the rest are rings.
function dotOf(device, canvas, inks) {
  const good = device.mark === "confirmed";
  return L.circleMarker(device.at, {
    renderer: canvas,
    radius: good ? 3 : 5,
    weight: good ? 1 : 2,
    color: inks[device.tone],
    fillColor: inks[device.tone],
    fillOpacity: good ? 1 : 0.15,
  }).bindPopup(() => popupOf(device));
}

function inksOf(devices) {
  const style = getComputedStyle(place);
  const tones = new Set(devices.map((device) => device.tone));
  const ink = (tone) => style.getPropertyValue(tone === "ink" ? "--ink" : `--${tone}-ink`).trim();
  return Object.fromEntries([...tones].map((tone) => [tone, ink(tone)]));
}

function listed() {
  return [...document.querySelectorAll("#placed [data-latitude]")].map(({ dataset }) => ({
    at: [Number(dataset.latitude), Number(dataset.longitude)],
    mark: dataset.mark,
    tone: dataset.tone,
    name: dataset.name,
    href: dataset.href,
    words: dataset.words,
  }));
}

async function fetched() {
  const answer = await fetch(place.dataset.places, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`places: ${answer.status}`);
  const { marks, words, devices } = await answer.json();
  return devices.map(([latitude, longitude, mark, word, name, id]) => ({
    at: [latitude, longitude],
    mark: marks[mark].state,
    tone: marks[mark].tone,
    name,
    href: `/devices/${id}`,
    words: words[word],
  }));
}

function mapOf() {
  place.hidden = false;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", place.dataset.label);
  const map = L.map(place, { attributionControl: false, zoomControl: false, maxZoom: 19, minZoom: 6 });
  L.control.zoom({ zoomInTitle: place.dataset.zoomIn, zoomOutTitle: place.dataset.zoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.setView([16, 106], 6);
  return map;
}

function fit(map, devices) {
  const bounds = L.latLngBounds(devices.map((device) => device.at));
  map.fitBounds(bounds, { padding: [48, 48], maxZoom: 16, animate: false });
}

function draw(map, markers) {
  pins?.remove();
  pins = L.featureGroup(markers).addTo(map);
}

function drawList() {
  if (!listed().length) return;
  const map = mapOf();
  draw(map, listed().map(pinOf));
  fit(map, listed());
  // The list is live; whoever looks at a part of the map stays there.
  document.addEventListener("htmx:afterSwap", () => draw(map, listed().map(pinOf)));
}

async function drawAll() {
  let devices = await fetched();
  if (!devices.length) return;
  const map = mapOf();
  const canvas = L.canvas({ padding: 0.2 });
  function redraw() {
    const seen = map.getBounds().pad(0.1);
    const near = devices.filter((device) => seen.contains(device.at));
    const inks = inksOf(devices);
    const few = near.length <= PINS_AT_ONCE;
    draw(map, few ? near.map(pinOf) : devices.map((device) => dotOf(device, canvas, inks)));
  }
  fit(map, devices);
  redraw();
  map.on("zoomend", redraw);
  map.on("dragend", redraw);
  setInterval(async () => {
    if (document.hidden || place.querySelector(".leaflet-popup")) return;
    // What cannot be fetched now is fetched the next time; what is drawn stays.
    devices = await fetched().catch(() => devices);
    redraw();
  }, LOOKED_AGAIN_MS);
}

if (place?.dataset.places) drawAll().catch(() => drawList());
else if (place) drawList();
