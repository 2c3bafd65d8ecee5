import type pg from 'pg';
import { z } from 'zod';
import { postgresFeedReplica } from '../../db/postgres/feed-replica.ts';
import { readSnapshotPage } from '../../db/postgres/read-snapshot.ts';
import { readToken } from '../../db/postgres/snapshot-token.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import { answerExchange } from '../../lib/replication/answer-exchange.ts';
import { MAX_ACTION_BYTES } from '../../lib/replication/change.ts';
import { exchangeRequestSchema } from '../../lib/replication/protocol/exchange-request.ts';
import { snapshotRequestSchema } from '../../lib/replication/protocol/snapshot.ts';
import { PROTOCOL_VERSION } from '../../lib/replication/protocol/version.ts';
import { compressedJson } from './compressed.ts';
import { type DeviceSession, grantsOf, requireDevice } from './device-session.ts';
import { type Result, refused } from './problem.ts';
import { fulfils, readJson } from './read-json.ts';

/** One largest action, and the cursors and origins around it: a phone always sends at least one. */
export const MAX_EXCHANGE_BODY_BYTES = MAX_ACTION_BYTES + 64 * 1024;
const MAX_SNAPSHOT_BODY_BYTES = 64 * 1024;

/** `POST /api/sync`. */
export async function exchange(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const asked = await readMessage(pool, request, exchangeRequestSchema, MAX_EXCHANGE_BODY_BYTES);
  if (!asked.ok) return asked;
  const { device, message } = asked.value;
  const replica = postgresFeedReplica(pool, device.sender, device.deviceId);
  const reply = await answerExchange(replica, collectionNamed, () => grantsOf(pool, device), Date.now(), message);
  return { ok: true, value: await compressedJson(request, JSON.stringify(reply)) };
}

/** `POST /api/sync/snapshot`: the next page of a first sync. */
export async function snapshot(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const asked = await readMessage(pool, request, snapshotRequestSchema, MAX_SNAPSHOT_BODY_BYTES);
  if (!asked.ok) return asked;
  const { device, message } = asked.value;
  const token = message.token === null ? null : readToken(message.token);
  if (message.token !== null && token === null) return refused('invalid', { field: 'token' });
  const { scopes } = await grantsOf(pool, device);
  const today = new Date().toISOString().slice(0, 10);
  const text = await readSnapshotPage(pool, { ...message, token }, scopes, today);
  return { ok: true, value: await compressedJson(request, text) };
}

const versioned = z.looseObject({ protocol: z.int() });

async function readMessage<T>(
  pool: pg.Pool,
  request: Request,
  schema: z.ZodType<T>,
  maxBytes: number,
): Promise<Result<{ device: DeviceSession; message: T }>> {
  const device = await requireDevice(pool, request);
  if (!device.ok) return device;
  const body = await readJson(request, maxBytes);
  if (!body.ok) return body;
  // Before its shape: a message of another version may have any.
  const version = fulfils(versioned, body.value);
  if (!version.ok) return version;
  if (version.value.protocol !== PROTOCOL_VERSION) return refused('unsupported-version', { minimum: PROTOCOL_VERSION });
  const message = fulfils(schema, body.value);
  return message.ok ? { ok: true, value: { device: device.value, message: message.value } } : message;
}
