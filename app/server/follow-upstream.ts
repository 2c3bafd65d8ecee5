import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { readUpstream } from '../../db/postgres/upstream.ts';
import { EventLines } from '../../lib/replication/event-lines.ts';
import { hintIn, type ScopeHint } from '../../lib/replication/protocol/hint.ts';

/** Without a byte for so long the stream is dead, whatever the network says: two heartbeats of the server, and some. */
const SILENT_MS = 60_000;
const AGAIN_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;
/** Hints bring a round once in so long: where everybody writes it must not exchange without end. */
const GAP_MS = 1_000;

/**
 * Follows the upstream's `GET /api/sync/live` until `ended`, and wakes when it has more than was read. Only a hint: a
 * relay without it polls and comes to the same.
 */
export async function followUpstream(
  pool: pg.Pool,
  { url, key }: { readonly url: string; readonly key: string },
  ended: AbortSignal,
  wake: () => void,
): Promise<void> {
  const heard = new Map<string, number>();
  let failures = 0;
  const hear = async ({ scope, seq }: ScopeHint) => {
    const isAwaited = heard.size > 0;
    heard.set(scope, Math.max(seq, heard.get(scope) ?? 0));
    if (isAwaited) return;
    await wait(GAP_MS, null, { signal: ended });
    const told = [...heard];
    heard.clear();
    const { epoch, cursors } = await readUpstream(pool);
    const read = epoch === null ? {} : (cursors[epoch] ?? {});
    if (told.some(([id, at]) => at > (read[id] ?? 0))) wake();
  };
  while (!ended.aborted) {
    try {
      for await (const hint of hintsOf(new URL('/api/sync/live', url), key, ended)) {
        failures = 0;
        // Fails when the database is away, or at the end: a round finds out.
        void hear(hint).catch(() => heard.clear());
      }
    } catch {
      // The network, or silence: rounds say what is wrong.
    }
    const ms = Math.min(LONGEST_WAIT_MS, AGAIN_MS * 2 ** failures++);
    await wait(ms * (0.5 + Math.random()), null, { signal: ended }).catch(() => null);
  }
}

async function* hintsOf(address: URL, key: string, ended: AbortSignal): AsyncGenerator<ScopeHint> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${key}` };
    const response = await fetch(address, { headers, signal: AbortSignal.any([ended, silence.signal]) });
    if (!response.ok || response.body === null) return;
    const [lines, decoder] = [new EventLines(), new TextDecoder()];
    for await (const bytes of response.body) {
      timer.refresh();
      for (const data of lines.take(decoder.decode(bytes as Uint8Array, { stream: true }))) {
        const hint = hintIn(data);
        if (hint !== null) yield hint;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}
