// Draws the places of a form's checkboxes as a map without tiles. The checkboxes are the choice: a
// pin only ticks one, and shows what is ticked, whoever ticked it. Without this file the list does.
import L from "leaflet";

const frame = document.getElementById("choice-map");
const shared = document.getElementById("choice-shared");
const SVG = "http://www.w3.org/2000/svg";

function iconOf(name) {
  const pin = document.createElement("div");
  pin.className = "choice-pin";
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("aria-hidden", "true");
  for (const mark of ["planned", "confirmed"]) {
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `${frame.dataset.sprite}#play-${mark}`);
    use.setAttribute("class", mark);
    drawing.append(use);
  }
  const label = document.createElement("span");
  label.textContent = name;
  pin.append(drawing, label);
  return L.divIcon({ html: pin, className: "", iconSize: [44, 44], iconAnchor: [22, 22] });
}

function drawChoice(boxes, all) {
  const single = boxes.filter((box) => box !== all);
  const pins = boxes.flatMap((box) =>
    JSON.parse(box.dataset.points ?? "[]").map(([name, latitude, longitude]) => ({
      box,
      name,
      marker: L.marker([latitude, longitude], { icon: iconOf(name), keyboard: true }),
    })),
  );
  if (pins.length === 0) return;
  frame.hidden = false;
  const map = L.map(frame, {
    attributionControl: false,
    zoomControl: false,
    scrollWheelZoom: false,
    maxZoom: 18,
    minZoom: 6,
    dragging: false,
    zoomAnimation: false,
    zoomSnap: 0.25,
  });
  map.setView([16, 106], 6);
  L.control.zoom({ zoomInTitle: frame.dataset.zoomIn, zoomOutTitle: frame.dataset.zoomOut }).addTo(map);
  const group = L.featureGroup(pins.map(({ marker }) => marker)).addTo(map);

  function show() {
    for (const { box, marker } of pins) {
      const element = marker.getElement();
      element.setAttribute("aria-checked", String(box.checked));
      element.classList.toggle("chosen", box.checked);
    }
  }

  // A name that would lie on another or on a pin is left to the list, and to whoever points at it.
  // A cluster is the smallest address there is: whoever points at one village is told whom else it wakes.
  function tell(village, box) {
    const others = JSON.parse(box.dataset.villages).filter((each) => each !== village);
    shared.textContent =
      box.checked && others.length
        ? shared.dataset.said.replace("{village}", village).replace("{cluster}", box.dataset.name).replace("{others}", others.join(", "))
        : "";
  }

  function unclutter() {
    const parts = pins.map(({ marker }) => ({
      pin: marker.getElement().querySelector("svg").getBoundingClientRect(),
      label: marker.getElement().querySelector("span"),
    }));
    const names = [];
    for (const { pin, label } of parts) {
      label.classList.remove("covered");
      const at = label.getBoundingClientRect();
      const taken = [...names, ...parts.map((each) => each.pin).filter((each) => each !== pin)];
      const lies = taken.some(
        (other) => at.left < other.right && other.left < at.right && at.top < other.bottom && other.top < at.bottom,
      );
      if (lies) label.classList.add("covered");
      else names.push(at);
    }
  }

  for (const { box, name, marker } of pins) {
    const element = marker.getElement();
    const cluster = box.dataset.name;
    element.setAttribute("role", "checkbox");
    element.setAttribute("aria-label", `${name} (${cluster})`);
    element.title = `${name} (${cluster})`;
    const toggle = () => {
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
      tell(name, box);
    };
    element.addEventListener("click", toggle);
    element.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      toggle();
    });
  }
  for (const box of boxes)
    box.addEventListener("change", () => {
      if (box === all) for (const each of single) each.checked = all.checked;
      else if (all) all.checked = single.every((each) => each.checked);
      show();
    });

  if (all?.checked) for (const each of single) each.checked = true;
  const home = group.getBounds();
  map.on("zoomend", unclutter);
  map.fitBounds(home, { padding: [44, 40], maxZoom: 15, animate: false });
  const whole = map.getZoom();
  // One finger scrolls the form; only who looks closer moves the map.
  map.on("zoomend", () => (map.getZoom() > whole ? map.dragging.enable() : map.dragging.disable()));
  show();
  unclutter();
  window.addEventListener("resize", unclutter);
}

if (frame) {
  const boxes = [...document.querySelectorAll(`input[type="checkbox"][name="${frame.dataset.field}"]`)];
  drawChoice(
    boxes,
    boxes.find((box) => box.value === frame.dataset.all),
  );
}
