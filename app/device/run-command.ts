import { placeKey, type RowPlace } from '../../db/device/chart.ts';
import { commitAction, type Opened } from '../../db/device/commit-action.ts';
import { actorOf } from '../../lib/access/actor-of.ts';
import { calendarDayIn } from '../../lib/domain/calendar-date.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import type { Command, CommandContext, CommandRefusal } from '../../lib/domain/command.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import { worldOf } from '../../lib/domain/world.ts';
import { judgeAction } from '../../lib/replication/judge.ts';
import type { RecordRef } from '../../lib/replication/record.ts';
import { diskRefusal } from './disk-refusal.ts';
import { newId } from './new-id.ts';
import { database, type OpenSession } from './phone.ts';
import { announceSave } from './workers.ts';

/** `storage-full` and `database-closed` are the disk's no: the form stays as it is, and the person is told why. */
export type RunRefusal =
  | CommandRefusal
  | { readonly kind: 'storage-full' | 'database-closed'; readonly field: null; readonly problems: readonly [] };
export type RunResult = { readonly ok: true } | { readonly ok: false; readonly refusal: RunRefusal };

/**
 * Runs a command on this phone: decided on what the phone holds, judged as the upstream will judge it, and saved with
 * its outbox entry in one transaction. Resolves after that transaction completed, so "saved" may be shown.
 */
export async function runCommand<I>(
  session: OpenSession,
  command: Command<I>,
  input: I,
  patientId: string | null,
): Promise<RunResult> {
  const parsed = command.input.safeParse(input);
  if (!parsed.success)
    return refuse({ kind: 'invalid', field: parsed.error.issues[0]?.path.join('.') ?? null, problems: [] });
  const needs = command.needs(parsed.data);
  let refusal: CommandRefusal | null = null;
  const decide = ({ read }: Opened) => {
    const decision = command.decide(parsed.data, contextOf(session, needs, read));
    refusal = decision.ok ? null : decision.refusal;
    return decision.ok
      ? { edits: decision.edits, author: { userId: session.userId, clinicId: session.clinicId } }
      : null;
  };
  const places = placesOf(session, needs, patientId);
  const committed = await commit(session, needs, places, decide);
  if (!committed.ok) return refuse(committed.refusal);
  if (refusal !== null) return refuse(refusal);
  if (committed.action !== null) void announceSave();
  return { ok: true };
}

function refuse(refusal: RunRefusal): RunResult {
  return { ok: false, refusal };
}

/** The rows a command is decided on: the patient's chart, the records it names, and who acts where. */
function placesOf(session: OpenSession, needs: readonly RecordRef[], patientId: string | null): RowPlace[] {
  const places = new Map<string, RowPlace>();
  const add = (place: RowPlace) => places.set(placeKey(place), place);
  if (patientId !== null) add({ table: 'charts', id: patientId });
  for (const ref of needs) {
    if (collectionNamed(ref.collection)?.place !== 'chart')
      add({ table: 'records', id: `${ref.collection}/${ref.id}` });
  }
  for (const ref of actorRefs(session, needs)) add({ table: 'records', id: `${ref.collection}/${ref.id}` });
  return [...places.values()];
}

/** Who acts, where, and his rights there and in every clinic that the command names. */
function actorRefs({ userId, clinicId }: OpenSession, needs: readonly RecordRef[]): RecordRef[] {
  const named = needs.filter(({ collection }) => collection === 'clinics').map(({ id }) => id);
  const permissions = [...new Set([clinicId, ...named])].map((id) => ({
    collection: 'permissions',
    id: deterministicId('permissions', userId, id),
  }));
  return [{ collection: 'users', id: userId }, { collection: 'clinics', id: clinicId }, ...permissions];
}

function contextOf(session: OpenSession, needs: readonly RecordRef[], read: Opened['read']): CommandContext {
  const [user, clinic, ...held] = actorRefs(session, needs).map(read);
  const permissions = held.filter((one) => one !== undefined);
  const actor = user === undefined ? undefined : actorOf(user, permissions);
  const now = new Date().toISOString();
  const timeZone = String(clinic?.values.timeZone ?? 'UTC');
  return {
    actor: actor ?? { userId: session.userId, role: 'viewer', active: false, flags: {} },
    clinicId: session.clinicId,
    now,
    today: calendarDayIn(now, timeZone),
    timeZone,
    newId,
    read,
  };
}

type Settled = { readonly ok: true; readonly action: unknown } | { readonly ok: false; readonly refusal: RunRefusal };

async function commit(
  session: OpenSession,
  needs: readonly RecordRef[],
  places: RowPlace[],
  decide: Parameters<typeof commitAction>[3],
): Promise<Settled> {
  try {
    const committed = await commitAction(database, session.key, places, decide, committerOf(session, needs));
    return committed.ok
      ? committed
      : { ok: false, refusal: { kind: committed.refusal.code, field: committed.refusal.key, problems: [] } };
  } catch (fault) {
    const kind = diskRefusal(fault);
    if (kind === null) throw fault;
    return { ok: false, refusal: { kind, field: null, problems: [] } };
  }
}

function committerOf(session: OpenSession, needs: readonly RecordRef[]) {
  return {
    deviceMs: Date.now,
    newId,
    schema: SCHEMA_VERSION,
    check: (action: Parameters<typeof judgeAction>[1], read: Opened['read']) => {
      const { actor } = contextOf(session, needs, read);
      const sender = { kind: 'device' as const, clinicIds: [session.clinicId], signedIn: [session.userId] };
      const verdict = judgeAction(worldOf(new Map([[actor.userId, actor]]), sender), action, read);
      return verdict.result === 'refused' ? verdict.refusal : null;
    },
  };
}
