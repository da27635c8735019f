// The table of 9.2: how an order ends that has not begun.
const LATE_NEWS_MS = 20_000;

/** How long an order's audio is waited for. */
export function deadlineOf(one) {
  if (one.tone) return one.last;
  return Math.min(one.last, Math.max(one.planned, one.heard + LATE_NEWS_MS));
}

/** The end of an order that has not begun, or null while it may begin. `begun`: when this program did. */
export function verdictOn(one, { desired, clock, journal, audio, begun }) {
  if (desired.isStopped(one)) return { kind: 'stopped' };
  if (!clock.believed) return null;
  const now = clock.now();
  const { lost } = journal.state;
  if (lost?.until && one.planned < lost.until) return { kind: 'skipped', code: 'journal_lost' };
  if (now < one.planned) return null;
  const { items } = one.order;
  if (!one.tone && audio.wrong(items)) return { kind: 'failed', code: 'audio_hash_mismatch' };
  if (!one.tone && audio.lacks(items) && now > deadlineOf(one) && begun <= one.last) {
    return { kind: 'failed', code: 'audio_missing' };
  }
  return now > one.last ? { kind: 'skipped', code: 'too_late' } : null;
}
