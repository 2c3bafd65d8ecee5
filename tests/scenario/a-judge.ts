import type { Actor, Flag, Role } from '../../lib/access/actor.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { createIdSource } from '../../lib/domain/identity.ts';
import { worldOf } from '../../lib/domain/world.ts';
import { authorAction, type Edit, type Origin } from '../../lib/replication/author-action.ts';
import type { Action, Change } from '../../lib/replication/change.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { judgeAction } from '../../lib/replication/judge.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { aRandom } from './random.ts';

const ALL: readonly Flag[] = ['register-patients', 'view-history', 'edit-records', 'delete-records', 'delete-patients'];

/** A judge over records in memory: two clinics, people with rights in one of them, a phone of the clinic North. */
export function aJudge() {
  const time = { ms: Date.UTC(2026, 10, 21, 8) };
  const newId = createIdSource({ now: () => time.ms, random: aRandom(5).bytes });
  const clinics = { north: newId(), south: newId() };
  const actors = new Map<string, Actor>();
  const records = new Map<string, StoredRecord>();
  const origins = new Map<string, Origin>();

  function someone(clinicId: string | null, flags: readonly Flag[] = ALL, more: Partial<Actor> = {}): Actor {
    const role: Role = 'provider';
    const held = clinicId === null ? {} : { [clinicId]: flags };
    const actor = { userId: newId(), role, active: true, flags: held, ...more };
    actors.set(actor.userId, actor);
    return actor;
  }

  /** An action as an honest phone makes it, which holds what the judge holds unless told otherwise. */
  function author(by: Actor, edits: readonly Edit[], held = (ref: RecordRef) => records.get(refKey(ref))): Action {
    time.ms += 1000;
    const origin = origins.get(by.userId) ?? { replicaId: newId(), seq: 0, clock: NEW_CLOCK };
    const now = { deviceMs: time.ms, at: new Date(time.ms).toISOString(), schema: SCHEMA_VERSION };
    const clinicId = Object.keys(by.flags)[0] ?? null;
    const authored = authorAction(edits, held, { userId: by.userId, clinicId }, origin, now, newId)!;
    origins.set(by.userId, authored.origin);
    return authored.action;
  }

  /** What the judge says of an action from the phone; it keeps what was applied. `signedIn`: on that phone. */
  function judge(action: Action, signedIn: readonly string[] = [...actors.keys()]): string {
    const world = worldOf(actors, { kind: 'device', clinicIds: [clinics.north], signedIn });
    const verdict = judgeAction(world, action, (ref) => records.get(refKey(ref)));
    if (verdict.result === 'refused') return [verdict.refusal.code, verdict.refusal.key ?? ''].join(' ').trim();
    if (verdict.result === 'applied') for (const [key, record] of verdict.records) records.set(key, record);
    return verdict.result;
  }

  return {
    ...{ time, newId, clinics, actors, records, someone, author, judge },
    /** Authored and judged. */
    does: (by: Actor, ...edits: Edit[]) => judge(author(by, edits)),
    /** The same action with its changes forged. */
    forged: (action: Action, fields: Partial<Change>): Action => ({
      ...action,
      changes: action.changes.map((change) => ({ ...change, ...fields })),
    }),
    record: (collection: string, id: string) => records.get(refKey({ collection, id })),
  };
}
