import { createHash } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import type { ServerView } from '../../db/postgres/author-edits.ts';
import { acceptRefusedAction, dismissRefused } from '../../db/postgres/decide-refused.ts';
import { listRefusedActions, type RefusedAction, readRefusedActions } from '../../db/postgres/list-attention.ts';
import { readRightsLog } from '../../db/postgres/read-names.ts';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { type Actor, isAdmin } from '../../lib/access/actor.ts';
import { heldRightThen, type LoggedRight } from '../../lib/access/held-right-then.ts';
import { maySeeRecord } from '../../lib/access/read-rules.ts';
import { calendarDayIn } from '../../lib/domain/calendar-date.ts';
import { acceptRefused } from '../../lib/domain/change/accept-refused.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import { type Decision, refuseCommand } from '../../lib/domain/command.ts';
import { formVersionOf } from '../../lib/domain/form/form-version-of.ts';
import { reasonSchema } from '../../lib/domain/reason.ts';
import { worldOf } from '../../lib/domain/world.ts';
import { type Change, isCreation } from '../../lib/replication/change.ts';
import type { Json } from '../../lib/replication/json.ts';
import { judgeAction } from '../../lib/replication/judge.ts';
import { refOf } from '../../lib/replication/merge.ts';
import type { ChangeRefusal } from '../../lib/replication/protocol/outcome.ts';
import { isDeleted, type RecordRef, recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { json } from './answer.ts';
import { type Asked, readBody, refusedCommand } from './asked.ts';
import { attended, listingOf, writePlace } from './attention.ts';
import { type PatientNamed, patientsSeen, type Words, wordsFor } from './attention-words.ts';
import { type Result, refused } from './problem.ts';

export interface RefusedChange {
  readonly id: string;
  readonly collection: string;
  readonly recordId: string;
  readonly kind: Change['kind'];
  /** Empty of what nobody may read. */
  readonly fields: Readonly<Record<string, Json>>;
  /** What stands under these keys now; null when the record is not there, or not for the asker's eyes. */
  readonly now: Readonly<Record<string, Json>> | null;
  readonly deleted: boolean;
  readonly reason: string | null;
  readonly versionId: string | null;
}

export interface RefusedLine {
  readonly actionId: string;
  readonly author: string;
  readonly origin: string;
  readonly deviceName: string | null;
  readonly clinicId: string | null;
  /** ISO instants. */
  readonly madeAt: string;
  readonly receivedAt: string;
  readonly refusal: ChangeRefusal;
  /** He might have done it then; the right was withdrawn before it arrived. */
  readonly heldRightThen: boolean;
  readonly patient: PatientNamed | null;
  readonly changes: readonly RefusedChange[];
  /** What stands now, in short: accepting says that it was seen. */
  readonly seen: string;
  /** Sign-in data is nobody's to take over. */
  readonly acceptable: boolean;
}

export interface RefusedPage extends Words {
  readonly actions: readonly RefusedLine[];
  readonly next: string | null;
}

/** `GET /api/attention/refused`: what devices of the asker's clinics handed in and was refused, the newest first. */
export async function readRefused(asked: Asked): Promise<Result<Response>> {
  const listing = listingOf(asked);
  if (!listing.ok) return listing;
  const { pool } = asked;
  const { actions, next } = await listRefusedActions(pool, listing.value);
  const changes = actions.flatMap((action) => action.changes);
  const records = new Map((await readByIds(pool, refsOf(changes))).map((record) => [refKey(record), record]));
  const rights = await readRightsLog(
    pool,
    actions.map((action) => action.changes[0]!.author),
  );
  const lines = await linesOf(asked, actions, records, rights);
  const words = await wordsFor(
    pool,
    lines.flatMap((line) => [line.author, ...line.changes.flatMap(({ fields, now }) => [fields, now])]),
    lines.map(({ origin }) => origin),
    lines.flatMap((line) => line.changes.map(({ versionId }) => versionId)),
  );
  return json({ actions: lines, next: writePlace(next), ...words } satisfies RefusedPage);
}

type Records = ReadonlyMap<string, StoredRecord>;

async function linesOf(
  { pool, actor }: Asked,
  actions: readonly RefusedAction[],
  records: Records,
  rights: ReadonlyMap<string, readonly LoggedRight[]>,
): Promise<RefusedLine[]> {
  const patientIds = actions.map((action) => patientIdOf(action, records));
  const seen = await patientsSeen(
    pool,
    actor,
    patientIds.filter((id) => id !== null),
  );
  return actions.map((action, index) => {
    const [first] = action.changes as [Change];
    const patientId = patientIds[index] ?? null;
    const clinics = patientId === null ? [] : (seen.clinics.get(patientId) ?? []);
    const sees = (record: StoredRecord) => maySee(actor, record, clinics);
    return {
      actionId: action.actionId,
      author: first.author,
      origin: first.origin,
      deviceName: action.deviceName,
      clinicId: first.clinicId,
      madeAt: first.at,
      receivedAt: action.receivedAt,
      refusal: action.refusal,
      heldRightThen: hadRight(action, records, rights.get(first.author) ?? []),
      patient: patientId === null ? null : (seen.named.get(patientId) ?? newPatient(action, patientId)),
      changes: action.changes.map((change) => changeShown(change, records.get(refKey(refOf(change))), sees)),
      seen: seenOf(action.changes, (ref) => records.get(refKey(ref))),
      acceptable: action.changes.every(({ collection }) => !isHeldByNoPhone(collection)),
    };
  });
}

function maySee(actor: Actor, record: StoredRecord, patientClinics: readonly string[]): boolean {
  const collection = collectionNamed(record.collection);
  if (collection === undefined || record.collection === 'credentials') return false;
  return isAdmin(actor) || maySeeRecord(actor, collection, record, patientClinics);
}

function isHeldByNoPhone(collection: string): boolean {
  return collectionNamed(collection)?.place === 'none';
}

function changeShown(
  change: Change,
  held: StoredRecord | undefined,
  sees: (record: StoredRecord) => boolean,
): RefusedChange {
  const { id, collection, recordId, kind, reason } = change;
  const shown = held !== undefined && sees(held) ? held : null;
  const hidden = isHeldByNoPhone(collection);
  return {
    id,
    collection,
    recordId,
    kind,
    fields: hidden ? {} : change.fields,
    now: shown && Object.fromEntries(Object.keys(change.fields).map((key) => [key, shown.values[key] ?? null])),
    deleted: shown !== null && isDeleted(shown),
    reason,
    versionId: formVersionOf({ ...held?.values, ...change.fields }),
  };
}

/** The patient that an action is about: named by it, or by a record that it changes. */
function patientIdOf({ changes }: RefusedAction, records: Records): string | null {
  const ids = changes.map((change) => {
    if (change.collection === 'patients') return change.recordId;
    return change.fields.patientId ?? records.get(refKey(refOf(change)))?.values.patientId;
  });
  return ids.find((id) => typeof id === 'string') ?? null;
}

/** One whom the action itself would have registered. */
function newPatient({ changes }: RefusedAction, id: string): PatientNamed | null {
  const made = changes.find((one) => one.collection === 'patients' && one.recordId === id && isCreation(one));
  if (made === undefined) return null;
  const text = (value: Json | undefined) => (typeof value === 'string' ? value : null);
  return { id, givenName: text(made.fields.givenName), familyName: text(made.fields.familyName) };
}

/** Was it the author's right that was lacking, and had he held it when he made the change? */
function hadRight(action: RefusedAction, records: Records, rights: readonly LoggedRight[]): boolean {
  const [first] = action.changes as [Change];
  const { author, clinicId, stamp } = first;
  const lacksRight = ({ code }: ChangeRefusal) => code === 'forbidden' || code === 'not-in-your-clinic';
  if (!lacksRight(action.refusal)) return false;
  const clinicIds = clinicId === null ? [] : [clinicId];
  const may = (actor: Actor) => {
    const world = worldOf(new Map([[author, actor]]), { kind: 'device', clinicIds, signedIn: [author] });
    const whole = { id: action.actionId, changes: [...action.changes] };
    const verdict = judgeAction(world, whole, (ref) => records.get(refKey(ref)));
    return verdict.result !== 'refused' || !lacksRight(verdict.refusal);
  };
  return heldRightThen(rights, author, { stamp, receivedAt: action.receivedAt }, may);
}

function refsOf(changes: readonly Change[]): RecordRef[] {
  return [...new Map(changes.map((change) => [refKey(refOf(change)), refOf(change)])).values()];
}

/** A short text that is another as soon as anything was written to one of these records. */
function seenOf(changes: readonly Change[], read: (ref: RecordRef) => StoredRecord | undefined): string {
  const states = refsOf(changes).map((ref) => {
    const record = read(ref);
    return `${refKey(ref)}=${record === undefined ? '' : recordHash(record)}`;
  });
  return createHash('sha256').update(states.sort().join('\n')).digest('base64url');
}

const acceptSchema = z.strictObject({ reason: reasonSchema, seen: z.string().max(60) });

/** `POST /api/attention/:id/accept`: the same edit as an action of the person who asked, judged anew. */
export async function acceptByApi(asked: Asked, id: string): Promise<Result<Response>> {
  const found = await refusedAction(asked, id, acceptSchema);
  if (!found.ok) return found;
  const { action, body } = found.value;
  const { clinicId } = action.changes[0]!;
  const input = { changes: [...action.changes], reason: body.reason };
  let stale = false;
  const decide = (view: ServerView): Decision => {
    stale = seenOf(action.changes, view.read) !== body.seen;
    const context = contextOf(view, clinicId);
    return stale || context === null ? refuseCommand('forbidden') : acceptRefused.decide(input, context);
  };
  const accepted = await acceptRefusedAction(
    asked.pool,
    { actionId: id, decidedBy: asked.actor.userId, reason: body.reason },
    {
      author: { userId: asked.actor.userId, clinicId },
      needs: [...refsOf(action.changes), ...(clinicId === null ? [] : [{ collection: 'clinics', id: clinicId }])],
      decide,
    },
  );
  if (accepted.ok) return json({ id, acceptedActionId: accepted.acceptedActionId });
  if (stale) return refused('conflict');
  const problem = refusedCommand(accepted.refusal);
  // The page says in words why it was refused once more.
  return problem.ok ? problem : { ok: false, problem: { ...problem.problem, detail: accepted.refusal.kind } };
}

function contextOf({ nowMs, actor, read }: ServerView, clinicId: string | null) {
  if (actor === undefined || !actor.active) return null;
  const clinic = clinicId === null ? undefined : read({ collection: 'clinics', id: clinicId });
  const timeZone = String(clinic?.values.timeZone ?? 'UTC');
  const now = new Date(nowMs).toISOString();
  return { actor, clinicId, now, today: calendarDayIn(now, timeZone), timeZone, newId, read };
}

const dismissSchema = z.strictObject({ reason: reasonSchema });

/** `POST /api/attention/:id/dismiss`: it is looked at, and nothing is done. */
export async function dismissByApi(asked: Asked, id: string): Promise<Result<Response>> {
  const found = await refusedAction(asked, id, dismissSchema);
  if (!found.ok) return found;
  const decision = { actionId: id, decidedBy: asked.actor.userId, reason: found.value.body.reason };
  return (await dismissRefused(asked.pool, decision)) ? json({ id }) : refused('not-found');
}

async function refusedAction<T>(
  asked: Asked,
  id: string,
  schema: z.ZodType<T>,
): Promise<Result<{ action: RefusedAction; body: T }>> {
  const managed = attended(asked);
  if (!managed.ok) return managed;
  const body = await readBody(asked, schema);
  if (!body.ok) return body;
  const action = await undecided(asked.pool, id, managed.value);
  return action === undefined ? refused('not-found') : { ok: true, value: { action, body: body.value } };
}

async function undecided(pool: pg.Pool, id: string, managed: readonly string[] | null) {
  return (await readRefusedActions(pool, [id], managed))[0];
}
