import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { recordsOf } from '../../lib/replication/apply-reply.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import type { Action, Change } from '../../lib/replication/change.ts';
import { mergeChange, mergeRecords, refOf } from '../../lib/replication/merge.ts';
import { chainAfter } from '../../lib/replication/outbox.ts';
import { type ExchangeReply, exchangeReplySchema } from '../../lib/replication/protocol/exchange-reply.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { type RecordRef, recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { aWriter } from './postgres-clinic.ts';

export interface PusherDevice {
  readonly deviceId: string;
  readonly authorization: string;
}

/** The server said no, or that it cannot just now: an answer, and not silence. */
export class Answered extends Error {
  readonly status: number;
  constructor(status: number, code: string) {
    super(`the server answered ${status} ${code}`);
    this.status = status;
  }
}

/** Actions in one exchange. */
const BATCH = 20;

export type Pusher = ReturnType<typeof aPusher>;

/**
 * A phone reduced to what must be proven: what it made, what of it was acknowledged, and what it read by its cursors,
 * scope by scope. It never lets go, so that nothing hides what was missed.
 */
export function aPusher(origin: () => string, device: PusherDevice, userId: string, clinicId: string) {
  const writer = aWriter(userId, clinicId, device.deviceId);
  const made: Action[] = [];
  let waiting: Action[] = [];
  const outcomes = new Map<string, Outcome>();
  const shown = new Map<string, StoredRecord>();
  const read = new Map<string, Map<string, StoredRecord>>();
  /** Versions of records that came to a scope more than once. */
  const again: string[] = [];
  const versions = new Set<string>();
  let cursors: Record<string, number> = {};
  let epoch: string | null = null;
  const listeners: (() => void)[] = [];

  function show(record: StoredRecord): void {
    shown.set(refKey(record), mergeRecords(shown.get(refKey(record)), record));
  }

  function make(edits: Edit[]): Action {
    const held = edits.flatMap((edit) => shown.get(refKey(edit)) ?? []);
    const action = writer.author(edits, held);
    for (const change of action.changes) {
      const key = refKey(refOf(change));
      shown.set(key, mergeChange(shown.get(key), change));
    }
    made.push(action);
    waiting.push(action);
    return action;
  }

  async function send(actions: readonly Action[], to = origin()): Promise<ExchangeReply> {
    const changes = made.flatMap((action) => action.changes);
    const own = { seq: changes.length, chain: chainAfter('', changes) };
    const body = {
      ...{ protocol: 1, schema: SCHEMA_VERSION, replicaId: device.deviceId, clock: Date.now() },
      ...{ origins: { [device.deviceId]: own }, actions, epoch, cursors, maxBytes: 65_536 },
    };
    const response = await fetch(`${to}/api/sync`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: device.authorization },
      body: JSON.stringify(body),
      // A request that is never answered would be the silence that must not be.
      signal: AbortSignal.timeout(40_000),
    });
    const answer = (await response.json()) as { code?: string };
    if (!response.ok) throw new Answered(response.status, answer.code ?? '');
    return exchangeReplySchema.parse(answer);
  }

  function settle(sent: readonly Action[], reply: ExchangeReply): void {
    for (const outcome of reply.outcomes) outcomes.set(outcome.actionId, outcome);
    const silent = sent.filter((action) => !outcomes.has(action.id));
    if (silent.length > 0) throw new Error(`no outcome for ${silent.length} of ${sent.length} actions`);
    waiting = waiting.filter((action) => !outcomes.has(action.id));
    for (const tell of listeners.splice(0)) tell();
  }

  function keep(reply: ExchangeReply): void {
    for (const [scope, seq] of Object.entries(reply.cursors))
      if (seq < (cursors[scope] ?? 0)) throw new Error(`the cursor of ${scope} went back`);
    for (const page of reply.pages) {
      const held = read.get(page.scope) ?? new Map<string, StoredRecord>();
      read.set(page.scope, held);
      for (const record of recordsOf(page.tables)) {
        const version = `${page.scope} ${refKey(record)} ${recordHash(record)}`;
        if (versions.has(version)) again.push(refKey(record));
        versions.add(version);
        held.set(refKey(record), mergeRecords(held.get(refKey(record)), record));
        show(record);
      }
      for (const left of page.left) held.delete(refKey(left));
    }
    cursors = reply.cursors;
    epoch = reply.epoch;
  }

  /** One exchange; throws when nobody answered, or the answer was no. What was sent is then still waiting. */
  async function exchange(to = origin()): Promise<ExchangeReply> {
    const sent = waiting.slice(0, BATCH);
    const reply = await send(sent, to);
    settle(sent, reply);
    keep(reply);
    return reply;
  }

  return {
    deviceId: device.deviceId,
    userId,
    clinicId,
    made,
    outcomes,
    read,
    again,
    shown: (ref: RecordRef) => shown.get(refKey(ref)),
    known: (collection: string) => [...shown.values()].filter((record) => record.collection === collection),
    waiting: () => waiting.length,
    /** Resolves at the next answer. */
    next: () => new Promise<void>((resolve) => listeners.push(resolve)),
    make,
    send,
    exchange,
    /** Only reads, wherever it is told to. */
    async pull(to = origin()): Promise<ExchangeReply> {
      const reply = await send([], to);
      keep(reply);
      return reply;
    },
    /** Exchanges until nothing waits and nothing is left to read; the last reply. */
    async quiet(): Promise<ExchangeReply> {
      for (;;) {
        const reply = await exchange();
        if (waiting.length === 0 && !reply.more) return reply;
      }
    },
  };
}

/** Changes of the actions that these pushers were told of, by result. */
export function acknowledged(pushers: readonly Pusher[], result: Outcome['result']): Change[] {
  return pushers.flatMap((pusher) =>
    pusher.made.filter((one) => pusher.outcomes.get(one.id)?.result === result).flatMap((action) => action.changes),
  );
}
