// Judging one order by configuration and time (7.3), and its lengths and instants (7.1, 9.2).
import { quietHours, touchesQuiet } from './localtime.mjs';
import { keyOf } from './story.mjs';

export const lengthOf = (order) => order.live?.duration_ms ?? order.relay?.duration_ms
  ?? order.items.reduce((sum, item) => sum + item.duration_ms, 0);
export const toneOf = (order) => order.tone?.duration_ms ?? 0;

/** An order with everything that follows from it and from the configuration. */
export function target(order, config, heard) {
  const stagger = order.tone ? 0 : config.stagger_ms ?? 0;
  return {
    key: keyOf(order.id, order.repeat),
    order,
    heard,
    drill: order.drill === true,
    planned: order.starts_at_ms + stagger,
    last: order.not_after_ms + stagger,
    length: lengthOf(order),
    tone: toneOf(order),
  };
}

/** Whether sound for `length` ms from `from` on is forbidden by quiet hours. */
export const quiet = (one, config, from, length) =>
  !one.order.override && touchesQuiet(quietHours(config), from, length);

const HOST = /^https:\/\/(?:[^/?@]*@)?(\[[^\]]*\]|[^/?:]*)/;

/** The code that rejects an order, or null. */
export function judge(one, { config, identity, issuer, time, received }) {
  const { order } = one;
  if (order.priority === 1 && !issuer.scopes.includes('emergency')) return 'issuer_scope';
  if (order.not_after_ms < order.starts_at_ms) return 'never_due';
  if (one.length > (config.longest_play_ms ?? 2_700_000)) return 'too_long';
  if (order.live) return 'unsupported';
  if (order.relay) {
    const host = HOST.exec(order.relay.url)?.[1];
    const own = new URL(config.station_url ?? identity.station_url).hostname;
    return host === own || (config.relay_hosts ?? []).includes(host) ? 'unsupported' : 'relay_host';
  }
  if (quiet(one, config, one.planned, one.tone + one.length)) return 'quiet_hours';
  if (time > order.not_after_ms && !received) return 'expired';
  return null;
}

/** Sorts those that wait: priority, planned instant, id, repeat (9.3). */
export function before(a, b) {
  return a.order.priority - b.order.priority || a.planned - b.planned
    || (a.order.id < b.order.id ? -1 : a.order.id > b.order.id ? 1 : (a.order.repeat ?? 0) - (b.order.repeat ?? 0));
}
