import type pg from 'pg';
import type { ScopeHint } from '../../lib/replication/protocol/hint.ts';

export const CHANNEL = 'hikma_scopes';
/** PostgreSQL takes fewer than 8000 bytes. */
const MAX_PAYLOAD_BYTES = 7900;

/** Which scopes each open transaction has moved: told when it is committed, forgotten when it is not. */
const moves = new WeakMap<object, ScopeHint[]>();

/** Remembers what a transaction moved, by its connection. */
export function noteMoved(client: object, moved: readonly ScopeHint[]): void {
  moves.set(client, [...(moves.get(client) ?? []), ...moved]);
}

/** What the transaction of this connection moved; asked once, at its end. */
export function takeMoved(client: object): readonly ScopeHint[] {
  const moved = moves.get(client) ?? [];
  moves.delete(client);
  return moved;
}

/**
 * Tells every process on this database which scopes moved. After the commit and not within it: a transaction that
 * notifies commits under one lock of the whole server, its wait for the disk included (figures: lib/replication/README).
 * One statement at a time; what moves meanwhile goes together in the next, a scope only once.
 */
export class HintTeller {
  readonly #pool: pg.Pool;
  readonly #waiting = new Map<string, number>();
  #telling = false;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  tell(moved: readonly ScopeHint[]): void {
    for (const { scope, seq } of moved) this.#waiting.set(scope, Math.max(seq, this.#waiting.get(scope) ?? 0));
    if (!this.#telling) void this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    this.#telling = true;
    while (this.#waiting.size > 0) {
      const hints = [...this.#waiting];
      this.#waiting.clear();
      try {
        await this.#pool.query({ name: 'tell hints', text: TELL, values: [payloadsOf(hints)] });
      } catch {
        // The commit stands. Streams look again by themselves, and phones poll.
      }
    }
    this.#telling = false;
  }
}

/** Nothing is lost with a hint: its commit waits for no disk. */
const TELL = `select set_config('synchronous_commit', 'off', true), pg_notify('${CHANNEL}', p) from unnest($1::text[]) p`;

/** JSON lists of [scope, seq], each short enough for one notification. */
export function payloadsOf(hints: readonly (readonly [string, number])[]): string[] {
  const payloads: string[] = [];
  let list: string[] = [];
  let bytes = 2;
  for (const hint of hints) {
    const text = JSON.stringify(hint);
    const more = Buffer.byteLength(text) + 1;
    if (list.length > 0 && bytes + more > MAX_PAYLOAD_BYTES) {
      payloads.push(`[${list.join(',')}]`);
      [list, bytes] = [[], 2];
    }
    list.push(text);
    bytes += more;
  }
  if (list.length > 0) payloads.push(`[${list.join(',')}]`);
  return payloads;
}
