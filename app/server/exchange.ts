import type pg from 'pg';
import { z } from 'zod';
import { postgresFeedReplica } from '../../db/postgres/feed-replica.ts';
import { readForeignOrigins } from '../../db/postgres/foreign-origins.ts';
import { readSnapshotPage } from '../../db/postgres/read-snapshot.ts';
import { readToken } from '../../db/postgres/snapshot-token.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import type { Sender } from '../../lib/domain/world.ts';
import { answerExchange } from '../../lib/replication/answer-exchange.ts';
import { type Action, MAX_ACTION_BYTES } from '../../lib/replication/change.ts';
import { exchangeRequestSchema } from '../../lib/replication/protocol/exchange-request.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { snapshotRequestSchema } from '../../lib/replication/protocol/snapshot.ts';
import { PROTOCOL_VERSION } from '../../lib/replication/protocol/version.ts';
import { compressedJson } from './compressed.ts';
import { saveDeviceReport } from './device-report.ts';
import { type DeviceSession, grantsOf, requireDevice } from './device-session.ts';
import { type Result, refused } from './problem.ts';
import { fulfils, readJson } from './read-json.ts';
import { replyJson } from './reply-json.ts';
import { withSealedHeads } from './sealed-heads.ts';

/** One largest action, and the cursors and origins around it: a phone always sends at least one. */
export const MAX_EXCHANGE_BODY_BYTES = MAX_ACTION_BYTES + 64 * 1024;
/** Whatever a phone could hand in at a hub, the hub can hand on. */
const HUB_MARGIN_BYTES = 64 * 1024;
const MAX_SNAPSHOT_BODY_BYTES = 64 * 1024;

/** `POST /api/sync`. */
export async function exchange(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const asked = await readAsked(pool, request, exchangeRequestSchema, MAX_EXCHANGE_BODY_BYTES);
  if (!asked.ok) return asked;
  const { device, message } = asked.value;
  const handedIn = await handedInBy(pool, device, message.actions);
  if (!handedIn.ok) return handedIn;
  const { sender, actions, forged } = handedIn.value;
  if (message.report !== undefined) await saveDeviceReport(pool, device.deviceId, message.report);
  const replica = postgresFeedReplica(pool, sender, device.deviceId, device);
  // A change of rights may be among what was handed in.
  const grants = async () => (actions.length === 0 ? device.grants : grantsOf(pool, device));
  const fromHub = device.sender.kind === 'hub';
  const answer = await answerExchange(
    replica,
    collectionNamed,
    grants,
    Date.now(),
    { ...message, actions: [...actions] },
    fromHub,
  );
  const told = { ...answer, outcomes: [...answer.outcomes, ...forged.map(refusedAsForged)] };
  const reply = await withSealedHeads(pool, device.clinicIds, told);
  return { ok: true, value: await compressedJson(request, replyJson(reply)) };
}

const OTHERS = `select 1 from devices where id = any($1::uuid[])
  union all select 1 from replica where replica_id = any($1::uuid[])`;

interface HandedIn {
  readonly sender: Sender;
  readonly actions: readonly Action[];
  /** Handed on by a hub under numbers that cannot be those of a device of its clinics. */
  readonly forged: readonly Action[];
}

/**
 * Who hands these actions in, and which of them may be stored. Refused when there are changes numbered as another
 * device's, or as this server's: stored, they would break the chain by which that one knows its changes arrived. A phone
 * that was restored numbers under an id that nobody else has; a hub relays what devices of its clinics made, and is not
 * stopped by what one of them forged. To a server: behind another hub, work would go round in a ring.
 */
async function handedInBy(pool: pg.Pool, device: DeviceSession, actions: readonly Action[]): Promise<Result<HandedIn>> {
  const { deviceId, sender, root, recovering } = device;
  const isHub = sender.kind === 'hub';
  if (isHub && !root) return refused('forbidden', { field: 'upstream', detail: BEHIND_A_HUB });
  const origins = new Set(actions.flatMap((action) => action.changes.map((change) => change.origin)));
  origins.delete(deviceId);
  if (origins.size === 0) return { ok: true, value: { sender, actions, forged: [] } };
  if (isHub) {
    const { unknown, foreign } = await readForeignOrigins(pool, deviceId, [...origins]);
    // A root that was restored may have lost that the two were in one clinic: nothing is settled by that.
    if (foreign.size > 0 && recovering) return refused('forbidden', { field: 'origin' });
    const isForged = ({ changes }: Action) => changes.some(({ origin }) => foreign.has(origin));
    const [forged, kept] = [actions.filter(isForged), actions.filter((action) => !isForged(action))];
    return { ok: true, value: { sender: { ...sender, strangers: unknown }, actions: kept, forged } };
  }
  const found = await pool.query({ name: 'others', text: OTHERS, values: [[...origins]] });
  return found.rows.length > 0
    ? refused('forbidden', { field: 'origin' })
    : { ok: true, value: { sender, actions, forged: [] } };
}

/** Told, and not stored. */
function refusedAsForged({ id, changes }: Action): Outcome {
  const refusal = { changeId: changes[0]!.id, key: 'origin', code: 'forbidden' as const };
  const changeIds = changes.map((change) => change.id);
  return { actionId: id, changeIds, result: 'refused', duplicate: false, confirmed: true, refusal };
}

const BEHIND_A_HUB = 'This is a hub itself. Set UPSTREAM_URL to the address of the server.';

/** `POST /api/sync/snapshot`: the next page of a first sync. */
export async function snapshot(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const asked = await readAsked(pool, request, snapshotRequestSchema, MAX_SNAPSHOT_BODY_BYTES);
  if (!asked.ok) return asked;
  const { device, message } = asked.value;
  const token = message.token === null ? null : readToken(message.token);
  if (message.token !== null && token === null) return refused('invalid', { field: 'token' });
  const { scopes } = device.grants;
  const today = new Date().toISOString().slice(0, 10);
  const text = await readSnapshotPage(pool, { ...message, token }, scopes, today);
  return { ok: true, value: await compressedJson(request, text) };
}

const versioned = z.looseObject({ protocol: z.int() });

/** The device that asks, and its message. */
async function readAsked<T>(pool: pg.Pool, request: Request, schema: z.ZodType<T>, maxBytes: number) {
  const device = await requireDevice(pool, request);
  if (!device.ok) return device;
  const most = device.value.sender.kind === 'hub' ? maxBytes + HUB_MARGIN_BYTES : maxBytes;
  const message = await readMessage(request, schema, most);
  return message.ok ? { ok: true as const, value: { device: device.value, message: message.value } } : message;
}

/** A message in the shape that this version speaks. */
export async function readMessage<T>(request: Request, schema: z.ZodType<T>, maxBytes: number): Promise<Result<T>> {
  const body = await readJson(request, maxBytes);
  if (!body.ok) return body;
  // Before its shape: a message of another version may have any.
  const version = fulfils(versioned, body.value);
  if (!version.ok) return version;
  if (version.value.protocol !== PROTOCOL_VERSION) return refused('unsupported-version', { minimum: PROTOCOL_VERSION });
  return fulfils(schema, body.value);
}
