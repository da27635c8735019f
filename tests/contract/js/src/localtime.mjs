// Local time in a zone: quiet hours (9.5) and the loudest allowed volume (9.9).
const DAY_MS = 86_400_000;
export const ZONE = 'Asia/Ho_Chi_Minh';
const formats = new Map();
const instants = new Map();

function formatOf(zone) {
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
      hour: 'numeric', minute: 'numeric', second: 'numeric',
    }));
  }
  return formats.get(zone);
}

/** Whether this device knows the zone (IANA names only; absent is the default). */
export function isZone(zone = ZONE) {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** What the local clock shows, written as if it were UTC. */
function local(instant, zone) {
  const part = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) part[type] = Number(value);
  const shown = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
  return shown + (((instant % 1000) + 1000) % 1000);
}

/** The instant of a local time: the first of two; one that there is not, by the offset before the change. */
function instantOf(shown, zone) {
  const key = `${zone} ${shown}`;
  if (instants.size > 5_000) instants.clear();
  if (!instants.has(key)) instants.set(key, findInstant(shown, zone));
  return instants.get(key);
}

function findInstant(shown, zone) {
  const before = local(shown - DAY_MS, zone) - (shown - DAY_MS);
  const after = local(shown + DAY_MS, zone) - (shown + DAY_MS);
  const hits = [shown - before, shown - after].filter((one) => local(one, zone) === shown);
  return hits.length > 0 ? Math.min(...hits) : shown - before;
}

const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

export const quietHours = (config) => ({ begins: '21:00', ends: '05:30', zone: ZONE, ...config?.quiet_hours });

/** Whether sound from `from` on for `length` ms touches the quiet hours of any day. */
export function touchesQuiet({ begins, ends, zone }, from, length) {
  if (begins === ends) return false;
  const until = from + Math.max(length, 1);
  const overnight = minutes(ends) <= minutes(begins) ? DAY_MS : 0;
  let day = Math.floor(local(from, zone) / DAY_MS) * DAY_MS - 2 * DAY_MS;
  for (; day <= local(until, zone) + DAY_MS; day += DAY_MS) {
    const quietFrom = instantOf(day + minutes(begins) * 60_000, zone);
    const quietUntil = instantOf(day + overnight + minutes(ends) * 60_000, zone);
    if (from < quietUntil && quietFrom < until) return true;
  }
  return false;
}

/** The loudest allowed volume in percent. */
export function volumeAt(bands, zone, instant) {
  const now = (((local(instant, zone) % DAY_MS) + DAY_MS) % DAY_MS) / 60_000;
  const covers = ({ begins, ends }) => {
    const [a, b] = [minutes(begins), minutes(ends)];
    if (a === b) return true;
    return a < b ? a <= now && now < b : now >= a || now < b;
  };
  return Math.min(100, ...bands.filter(covers).map((band) => band.percent));
}
