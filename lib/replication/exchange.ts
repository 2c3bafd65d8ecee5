import type { Action } from './change.ts';
import type { ReplicaClock } from './clock.ts';
import { type ExchangeReply, exchangeReplySchema } from './protocol/exchange-reply.ts';
import {
  type ExchangeRequest,
  MAX_EXCHANGE_BYTES,
  MAX_EXCHANGE_CHANGES,
  MAX_REPLY_BYTES,
  MIN_REPLY_BYTES,
} from './protocol/exchange-request.ts';
import { PROTOCOL_VERSION } from './protocol/version.ts';

/** What a replica has to say at its next exchange. */
export interface Outgoing {
  readonly replicaId: string;
  readonly schema: number;
  readonly clock: ReplicaClock;
  readonly origins: ExchangeRequest['origins'];
  readonly actions: readonly Action[];
  readonly epoch: string | null;
  readonly cursors: Readonly<Record<string, number>>;
}

/** When a request left and its reply came, in device milliseconds: what the clock offset is measured by. */
export interface Timing {
  readonly sentMs: number;
  readonly receivedMs: number;
}

/** The downstream side of an exchange: `db/device` on phones, `db/postgres` on a relay, `db/memory` in tests. */
export interface DownstreamStore {
  readOutgoing(limits: { maxChanges: number; maxBytes: number }): Promise<Outgoing>;
  /** Outcomes, rows, cursors and clock in one local transaction. */
  applyReply(reply: ExchangeReply, timing: Timing): Promise<void>;
}

/** Carries one request to the upstream. Throws when it did not answer; the outcome is then simply unknown. */
export type Transport = (request: ExchangeRequest) => Promise<unknown>;

export interface ExchangeProgress {
  readonly sent: number;
  readonly received: number;
  readonly more: boolean;
}

/** Asks for twice as much after each full reply in time, and for a quarter after a failure: grow fast, shrink slow. */
export function nextReplyBytes(current: number, went: 'well' | 'badly'): number {
  const next = went === 'well' ? current * 2 : current / 4;
  return Math.round(Math.min(MAX_REPLY_BYTES, Math.max(MIN_REPLY_BYTES, next)));
}

/** One request and its reply. No transaction is open while the request travels; a lost reply is a repeated batch. */
export async function exchangeOnce(
  store: DownstreamStore,
  transport: Transport,
  deviceMs: () => number,
  maxBytes: number,
): Promise<ExchangeProgress> {
  const outgoing = await store.readOutgoing({ maxChanges: MAX_EXCHANGE_CHANGES, maxBytes: MAX_EXCHANGE_BYTES });
  const sentMs = deviceMs();
  const answer = await transport(requestOf(outgoing, sentMs, maxBytes));
  const reply = exchangeReplySchema.parse(answer);
  await store.applyReply(reply, { sentMs, receivedMs: deviceMs() });
  const received = reply.pages.reduce(
    (sum, page) => sum + page.tables.reduce((n, one) => n + one.records.length, 0),
    0,
  );
  return { sent: outgoing.actions.length, received, more: reply.more };
}

function requestOf(outgoing: Outgoing, sentMs: number, maxBytes: number): ExchangeRequest {
  const { clock, schema, replicaId, origins, actions, epoch, cursors } = outgoing;
  return {
    protocol: PROTOCOL_VERSION,
    schema,
    replicaId,
    clock: Math.max(0, Math.round(sentMs + clock.offsetMs)),
    origins,
    actions: [...actions],
    epoch,
    cursors,
    maxBytes,
  };
}

/** Exchanges until nothing is left to send and nothing to read. Each round is durable by itself. */
export async function exchangeUntilQuiet(
  store: DownstreamStore,
  transport: Transport,
  deviceMs: () => number,
  onProgress: (progress: ExchangeProgress) => void = ignore,
): Promise<void> {
  let maxBytes = MIN_REPLY_BYTES;
  for (;;) {
    const progress = await exchangeOnce(store, transport, deviceMs, maxBytes);
    onProgress(progress);
    if (progress.sent === 0 && !progress.more) return;
    maxBytes = nextReplyBytes(maxBytes, 'well');
  }
}

function ignore(): void {
  // Nobody watches the progress.
}
