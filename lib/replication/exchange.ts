import type { Action } from './change.ts';
import { type ReplicaClock, trustedTime } from './clock.ts';
import { lifeOf } from './confirmation.ts';
import { type ExchangeReply, exchangeReplySchema } from './protocol/exchange-reply.ts';
import { type ExchangeRequest, MAX_EXCHANGE_BYTES, MAX_EXCHANGE_CHANGES } from './protocol/exchange-request.ts';
import { PROTOCOL_VERSION } from './protocol/version.ts';
import { ReplySize } from './reply-size.ts';

/** What a replica has to say at its next exchange. */
export interface Outgoing {
  readonly replicaId: string;
  readonly schema: number;
  readonly clock: ReplicaClock;
  readonly origins: ExchangeRequest['origins'];
  readonly actions: readonly Action[];
  readonly epoch: string | null;
  readonly cursors: Readonly<Record<string, number>>;
  /** What a relay decided of the actions. */
  readonly judged?: ExchangeRequest['judged'];
  /** The greatest life of a root that it has seen, null before the first; told by relays only. */
  readonly rootEpoch: string | null;
  readonly report?: ExchangeRequest['report'];
  /** Replies applied so far. */
  readonly version: number;
}

/** When a request left and its reply came, in device milliseconds: what the clock offset is measured by. */
export interface Timing {
  readonly sentMs: number;
  readonly receivedMs: number;
}

/** The request that a reply answers. */
export interface Asked extends Timing {
  /** Replies applied when it was asked. */
  readonly version: number;
}

/** The downstream side of an exchange: `db/device` on phones, `db/postgres` on a relay, `db/memory` in tests. */
export interface DownstreamStore {
  readOutgoing(limits: Limits): Promise<Outgoing>;
  /**
   * Outcomes, rows, cursors and clock in one local transaction. A reply that comes after another was applied is left
   * out: what it says is asked for again, and rights and cursors never go back to what they were.
   */
  applyReply(reply: ExchangeReply, asked: Asked): Promise<void>;
}

export interface Limits {
  readonly maxChanges: number;
  readonly maxBytes: number;
  /** Also what only an outcome can confirm: the work of a former identity. Asked once in a while, it never ends else. */
  readonly again?: boolean;
}

/** Carries one request to the upstream. Throws when it did not answer; the outcome is then simply unknown. */
export type Transport = (request: ExchangeRequest) => Promise<unknown>;

export interface ExchangeProgress {
  /** Actions that were answered. */
  readonly sent: number;
  readonly received: number;
  readonly more: boolean;
}

/** One request and its reply. No transaction is open while the request travels; a lost reply is a repeated batch. */
export async function exchangeOnce(
  store: DownstreamStore,
  transport: Transport,
  deviceMs: () => number,
  maxBytes: number,
  again = false,
): Promise<ExchangeProgress> {
  const limits = { maxChanges: MAX_EXCHANGE_CHANGES, maxBytes: MAX_EXCHANGE_BYTES, again };
  const outgoing = await store.readOutgoing(limits);
  const sentMs = deviceMs();
  const answer = await transport(requestOf(outgoing, sentMs, maxBytes));
  const reply = exchangeReplySchema.parse(answer);
  checkPages(reply);
  await store.applyReply(reply, { sentMs, receivedMs: deviceMs(), version: outgoing.version });
  const received = reply.pages.reduce(
    (sum, page) => sum + page.tables.reduce((n, one) => n + one.records.length, 0),
    0,
  );
  // Another life than the one asked about: what to send it and where to read on follows from its reply.
  const moved = outgoing.epoch !== null && outgoing.epoch !== reply.epoch;
  // What was confirmed by a root that was given up is to be offered again.
  const isNewRoot = lifeOf(outgoing.rootEpoch, reply.rootEpoch) === 'new';
  const answered = new Set(reply.outcomes.map((outcome) => outcome.actionId));
  const sent = outgoing.actions.filter((action) => answered.has(action.id)).length;
  // Work of another clinic was in the way of what this upstream takes.
  const inTheWay = (reply.notHere ?? []).length > 0;
  return { sent, received, more: reply.more || moved || inTheWay || isNewRoot };
}

/** Nothing is read past what was announced: a page that lost a row on its way is not a page. */
function checkPages({ pages }: ExchangeReply): void {
  for (const { scope, count, tables, left } of pages) {
    const came = tables.reduce((sum, table) => sum + table.records.length, left.length);
    if (came !== count) throw new Error(`a page of ${scope} announced ${count} lines and brought ${came}`);
  }
}

function requestOf(outgoing: Outgoing, sentMs: number, maxBytes: number): ExchangeRequest {
  const { clock, schema, replicaId, origins, actions, epoch, cursors, judged, rootEpoch, report } = outgoing;
  return {
    protocol: PROTOCOL_VERSION,
    schema,
    replicaId,
    clock: trustedTime(clock, sentMs),
    origins,
    actions: [...actions],
    epoch,
    cursors,
    maxBytes,
    ...(judged === undefined ? {} : { judged }),
    ...(judged === undefined || rootEpoch === null ? {} : { rootEpoch }),
    ...(report === undefined ? {} : { report }),
  };
}

/** Exchanges until nothing is left to send and nothing to read. Each round is durable by itself. */
export async function exchangeUntilQuiet(
  store: DownstreamStore,
  transport: Transport,
  deviceMs: () => number,
  onProgress: (progress: ExchangeProgress) => void = ignore,
): Promise<void> {
  const size = new ReplySize();
  for (let again = true; ; again = false) {
    const ask = (maxBytes: number) => exchangeOnce(store, transport, deviceMs, maxBytes, again);
    const progress = await size.of(ask, deviceMs);
    onProgress(progress);
    if (progress.sent === 0 && !progress.more) return;
  }
}

function ignore(): void {
  // Nobody watches the progress.
}
