// Sections 9.5 and 9.9: local times between which nothing sounds, or nothing sounds loudly.
const DAY_MS = 86400000;
const DEFAULTS = { begins: "21:00", ends: "05:30", zone: "Asia/Ho_Chi_Minh" };

const formats = new Map();

function localParts(zone, atMs) {
  if (!formats.has(zone)) {
    formats.set(
      zone,
      new Intl.DateTimeFormat("en-GB", {
        timeZone: zone,
        hourCycle: "h23",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      }),
    );
  }
  const parts = Object.fromEntries(formats.get(zone).formatToParts(atMs).map((each) => [each.type, Number(each.value)]));
  return parts;
}

// What the zone's clocks are ahead of UTC at an instant.
function offsetMs(zone, atMs) {
  const p = localParts(zone, atMs);
  return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second) - Math.floor(atMs / 1000) * 1000;
}

// The instant of a local time: the first of two; where there is none, by the offset before the change.
function instantOf(zone, localMs) {
  const before = offsetMs(zone, localMs - DAY_MS);
  const after = offsetMs(zone, localMs + DAY_MS);
  const found = [localMs - before, localMs - after].filter((at) => offsetMs(zone, at) === localMs - at);
  return found.length > 0 ? Math.min(...found) : localMs - before;
}

function minutes(text) {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

export function touchesQuietHours(quietHours, startsAtMs, durationMs) {
  const { begins, ends, zone } = { ...DEFAULTS, ...quietHours };
  if (begins === ends) return false;
  const endsAtMs = startsAtMs + Math.max(durationMs, 1);
  const first = localParts(zone, startsAtMs);
  let day = Date.UTC(first.year, first.month - 1, first.day) - DAY_MS;
  for (; day <= endsAtMs + DAY_MS; day += DAY_MS) {
    const endDay = minutes(ends) > minutes(begins) ? day : day + DAY_MS;
    const from = instantOf(zone, day + minutes(begins) * 60000);
    const to = instantOf(zone, endDay + minutes(ends) * 60000);
    if (startsAtMs < to && from < endsAtMs) return true;
  }
  return false;
}

export function loudestPercent(bands, zone, atMs) {
  const p = localParts(zone, atMs);
  const now = p.hour * 60 + p.minute;
  const covers = ({ begins, ends }) => {
    const [from, to] = [minutes(begins), minutes(ends)];
    return from < to ? from <= now && now < to : now >= from || now < to;
  };
  return Math.min(100, ...(bands ?? []).filter(covers).map((band) => band.percent));
}
