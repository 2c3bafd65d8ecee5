import type pg from 'pg';
import type { ScopeHint } from '../../lib/replication/protocol/hint.ts';
import { HintHearing, type HintSubscriber } from './hear-hints.ts';
import { HintTeller } from './tell-hints.ts';

interface Hints {
  readonly teller: HintTeller;
  readonly hearing: HintHearing;
}

const key = Symbol.for('hikma.scopeHints');
const place = globalThis as typeof globalThis & { [key]?: WeakMap<pg.Pool, Hints> };

/** The hints of a pool in this process. On globalThis, because Next loads this module once per bundle of routes. */
function hintsOf(pool: pg.Pool): Hints {
  place[key] ??= new WeakMap();
  const hints = place[key].get(pool) ?? { teller: new HintTeller(pool), hearing: new HintHearing(pool) };
  place[key].set(pool, hints);
  return hints;
}

/** Tells every process on this database, this one too, that these scopes moved. Call it after the commit. */
export function tellMoved(pool: pg.Pool, moved: readonly ScopeHint[]): void {
  if (moved.length > 0) hintsOf(pool).teller.tell(moved);
}

/** Subscribes to what moves, whichever process moved it. Returns what ends it. */
export function hearMoved(pool: pg.Pool, subscriber: HintSubscriber): () => void {
  return hintsOf(pool).hearing.subscribe(subscriber);
}
