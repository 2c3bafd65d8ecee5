import type pg from 'pg';
import { forgetLetGo } from '../../db/postgres/let-go-log.ts';
import { everyMinute } from './every-minute.ts';

const EVERY_MS = 3_600_000;

/** Empties in a relay's log what it let go, once an hour until it is stopped. */
export function watchLetGo(pool: pg.Pool): { stop(): Promise<void> } {
  let nextMs = 0;
  return everyMinute('forgetLetGo', async () => {
    const nowMs = Date.now();
    if (nowMs < nextMs) return 0;
    const count = await forgetLetGo(pool, nowMs);
    nextMs = nowMs + EVERY_MS;
    return count;
  });
}
