// What may be said of an order after what was said (18.2), and what a device remembers of it.
const MAY = {
  none: ['received', 'rejected'],
  rejected: ['rejected', 'received'],
  received: ['cached', 'rejected', 'tone_started', 'started', 'skipped', 'failed', 'stopped'],
  cached: ['rejected', 'tone_started', 'started', 'skipped', 'failed', 'stopped'],
  tone_started: ['cached', 'tone_started', 'started', 'skipped', 'failed', 'stopped', 'cut'],
  started: ['item_started', 'cut', 'resumed', 'finished', 'failed', 'stopped'],
  item_started: ['item_started', 'cut', 'resumed', 'finished', 'failed', 'stopped'],
  cut: ['resumed', 'stopped'],
  resumed: ['item_started', 'cut', 'resumed', 'finished', 'failed', 'stopped'],
};
const ENDS = new Set(['finished', 'failed', 'stopped', 'skipped']);
const ONCE = new Set(['received', 'cached']);

export const keyOf = (id, repeat = 0) => `${id}#${repeat ?? 0}`;

export const noStory = () => ({ last: 'none', said: [], at: 0, tone: false, begun: false, ended: false });

export function may(story, { kind, code }) {
  if (story.ended) return false;
  const word = kind === 'rejected' ? `rejected:${code}` : kind;
  if ((ONCE.has(kind) || kind === 'rejected') && story.said.includes(word)) return false;
  if (MAY[story.last].includes(kind)) return true;
  return story.last === 'rejected' && story.said.includes('received') && MAY.received.includes(kind);
}

/** The story after one more entry. */
export function told(story, { kind, code, at_ms: at }) {
  const word = kind === 'rejected' ? `rejected:${code}` : kind;
  return {
    last: kind,
    said: ONCE.has(kind) || kind === 'rejected' ? [...story.said, word] : story.said,
    at,
    tone: story.tone || kind === 'tone_started',
    begun: story.begun || kind === 'started',
    ended: story.ended || ENDS.has(kind),
  };
}
