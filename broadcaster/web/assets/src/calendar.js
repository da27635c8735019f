// Draws the list of a calendar's page by the hour, and lets entries be dragged. Every change is the
// same form that the page of an entry has; the list below is all there is without this file.
import { Calendar } from "@fullcalendar/core";
import viLocale from "@fullcalendar/core/locales/vi";
import dayGrid from "@fullcalendar/daygrid";
import interaction from "@fullcalendar/interaction";
import timeGrid from "@fullcalendar/timegrid";

const place = document.getElementById("calendar");
const { view, first, cluster, language } = place.dataset;
const narrow = window.matchMedia("(max-width: 46rem)").matches;
const VIEWS = { day: "timeGridDay", week: "timeGridWeek", month: "dayGridMonth" };
const mayMove = place.dataset.may === "yes";
// Hours are the station's own, whatever this computer's clock is set to: no zone, shown as they are.
const wall = (date) => date.toISOString().slice(0, 16);
// These say in words that nothing is heard yet.
const UNSURE = new Set(["waiting", "unsent", "held"]);
const FIRST_HOUR = "04:00:00";
const isEarly = (entry) => [entry.starts_local, entry.ends_local].some((at) => at.slice(11) < FIRST_HOUR);
const addressOf = (entry, more = {}) =>
  `/schedules/${entry.schedule_id}?${new URLSearchParams({ at: entry.occurrence, view, cluster, ...more })}`;

function send(entry, fields) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = `/schedules/${entry.schedule_id}/move`;
  const token = document.querySelector('meta[name="csrf-token"]').content;
  for (const [name, value] of Object.entries({ csrf_token: token, at: entry.occurrence, view, cluster, ...fields })) {
    const input = document.createElement("input");
    input.type = "hidden";
    [input.name, input.value] = [name, value];
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

// An empty time that was picked opens the form that fills it; a day of a month, or its whole, leaves
// the hour to the form.
function fill({ start, end, allDay }) {
  const picked = allDay
    ? { day: start.toISOString().slice(0, 10) }
    : { starts_local: wall(start), ...(end && { ends_local: wall(end) }) };
  window.location.assign(`/schedule/slot?${new URLSearchParams({ ...picked, view, cluster })}`);
}

const NOW = place.dataset.now.slice(0, 16);
const isAhead = ({ start, allDay }) =>
  allDay ? start.toISOString().slice(0, 10) >= NOW.slice(0, 10) : wall(start) > NOW;

// FullCalendar takes an entry for held at the middle of what it covers of a half-hour's line, so
// that it would jump up to 15 minutes when it is seized elsewhere: here it is held where it is held.
const heldWhereSeized = {
  ...interaction,
  componentInteractions: interaction.componentInteractions.map((kind) => class extends kind {
    constructor(settings) { super({ ...settings, useEventCenter: false }); }
  }),
};

function eventOf(entry) {
  const movable = mayMove && entry.movable;
  const waiting = UNSURE.has(entry.state) ? ` (${place.dataset[entry.state]})` : "";
  const times = entry.play_starts_ms.length > 1 ? ` ×${entry.play_starts_ms.length}` : "";
  // On one day there is room to say where; elsewhere the list does, and whoever points at it.
  const where = view === "day" && !cluster ? ` · ${entry.cluster_names.join(", ")}` : "";
  return {
    title: `${entry.title}${times}${waiting}${where}`,
    start: entry.starts_local,
    end: entry.ends_local,
    url: movable ? addressOf(entry) : entry.broadcast_id ? `/broadcasts/${entry.broadcast_id}` : undefined,
    startEditable: movable,
    durationEditable: movable && !entry.repeats,
    classNames: [`entry-${entry.state}`, entry.priority === 2 ? "entry-priority" : "entry-normal", `kind-${entry.kind}`],
    extendedProps: { entry },
  };
}

// All of an entry, for whoever points at it: its column may be too narrow for the words.
function toldWhole(entry) {
  const hours = [entry.starts_local, entry.ends_local].map((at) => at.slice(11, 16)).join("–");
  const said = UNSURE.has(entry.state) ? [place.dataset[entry.state]] : [];
  return [`${hours} ${entry.title}`, entry.cluster_names.join(", "), ...said].join(" · ");
}

function eventsOfDay(day) {
  return day.names.map((name) => ({
    title: name, start: day.day, allDay: true, editable: false,
    classNames: [day.holiday ? "kept-holiday" : "kept-day"],
  }));
}

// One entry that is only once is moved at once; of a series a person says first what is meant.
function dropped({ event, revert }) {
  const { entry } = event.extendedProps;
  const to = wall(event.start);
  if (event.allDay || entry.repeats) {
    revert();
    if (!event.allDay) window.location.assign(addressOf(entry, { to }));
    return;
  }
  const count = entry.play_starts_ms.length;
  const every_min = count > 1 ? (entry.play_starts_ms[1] - entry.play_starts_ms[0]) / 60_000 : "";
  send(entry, { starts_local: to, scope: "one", times: count, every_min });
}

// A pulled edge means more plays: how many is shown in the form, and a person confirms it there.
function resized({ event, revert }) {
  const { entry } = event.extendedProps;
  const ends = wall(event.end);
  revert();
  window.location.assign(addressOf(entry, { ends }));
}

function quietHours(begins, ends) {
  const shade = { display: "background", title: place.dataset.quiet, classNames: ["quiet-hours"] };
  const daily = { daysOfWeek: [0, 1, 2, 3, 4, 5, 6] };
  if (begins <= ends) return [{ ...shade, ...daily, startTime: begins, endTime: ends }];
  return [
    { ...shade, ...daily, startTime: begins, endTime: "24:00" },
    { ...shade, ...daily, startTime: "00:00", endTime: ends },
  ];
}

function draw({ entries, days }) {
  const lunar = Object.fromEntries(days.map((day) => [day.day, day.lunar]));
  const withLunar = (date, text) => {
    const box = document.createElement("span");
    const small = document.createElement("small");
    small.textContent = lunar[date.toISOString().slice(0, 10)] ?? "";
    box.append(text, " ", small);
    return { domNodes: [box] };
  };
  const { quietBegins, quietEnds } = place.dataset;
  const calendar = new Calendar(place, {
    plugins: [dayGrid, timeGrid, heldWhereSeized],
    locales: [viLocale],
    locale: language === "vi" ? "vi" : "en-gb",
    timeZone: "UTC",
    now: place.dataset.now,
    initialView: VIEWS[view],
    initialDate: first,
    firstDay: 1,
    headerToolbar: false,
    height: "auto",
    nowIndicator: true,
    fixedWeekCount: false,
    showNonCurrentDates: false,
    slotDuration: "00:30:00",
    snapDuration: "00:05:00",
    // The small hours are left out only while nothing sounds in them: that must never be missed.
    slotMinTime: entries.some(isEarly) ? "00:00:00" : FIRST_HOUR,
    slotMaxTime: "24:00:00",
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    allDayText: place.dataset.allDay,
    moreLinkText: (count) => `+${count} ${place.dataset.more}`,
    dayMaxEvents: view === "month" ? 4 : false,
    displayEventEnd: false,
    // What sounds together on several clusters shares a column: beyond a few, words would be slivers.
    eventMaxStack: { week: 2, day: narrow ? 2 : 4 }[view],
    eventMinHeight: 44,
    eventShortHeight: 1,
    slotEventOverlap: false,
    eventLongPressDelay: 400,
    eventResizableFromStart: false,
    selectable: mayMove,
    // A click is a click; what is drawn out is a stretch, and on a phone is held for a moment first.
    selectMinDistance: 5,
    selectLongPressDelay: 400,
    selectAllow: isAhead,
    select: fill,
    dateClick: ({ date, allDay }) => mayMove && isAhead({ start: date, allDay }) && fill({ start: date, allDay }),
    businessHours: place.dataset.weekdaysOnly ? { daysOfWeek: [1, 2, 3, 4, 5] } : false,
    // A month's cells carry the weekday above them; only a day of its own has a lunar date.
    dayHeaderContent: (arg) => (view === "month" ? arg.text : withLunar(arg.date, arg.text)),
    dayCellContent: (arg) => (view === "month" ? withLunar(arg.date, arg.dayNumberText) : undefined),
    events: [
      ...entries.map(eventOf),
      ...days.flatMap(eventsOfDay),
      ...(view === "month" ? [] : quietHours(quietBegins, quietEnds)),
    ],
    eventDrop: dropped,
    eventResize: resized,
    eventDidMount: ({ el, event }) => {
      const { entry } = event.extendedProps;
      if (entry) el.title = toldWhole(entry);
    },
  });
  calendar.render();
}

// A phone has no room for seven columns: there the list is the calendar, save for a single day.
if (!narrow || view === "day") {
  place.hidden = false;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", place.dataset.label);
  draw(JSON.parse(place.dataset.entries));
  document.querySelector(".calendar-hint")?.removeAttribute("hidden");
  document.getElementById("agenda").open = false;
}
