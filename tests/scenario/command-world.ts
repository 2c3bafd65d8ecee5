import type { Actor, Flag } from '../../lib/access/actor.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import type { Command, CommandContext, CommandRefusal } from '../../lib/domain/command.ts';
import { createIdSource } from '../../lib/domain/identity.ts';
import { worldOf } from '../../lib/domain/world.ts';
import { authorAction, type Origin } from '../../lib/replication/author-action.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { judgeAction } from '../../lib/replication/judge.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { aRandom } from './random.ts';

const ALL: readonly Flag[] = ['register-patients', 'view-history', 'edit-records', 'delete-records', 'delete-visits'];

/** Commands run one after another on records in memory, judged as any replica judges them. */
export function aCommandWorld(nowText = '2026-11-21T21:30:00.000Z', timeZone = 'Asia/Beirut') {
  const time = { ms: Date.parse(nowText) };
  const newId = createIdSource({ now: () => time.ms, random: aRandom(3).bytes });
  const clinicId = newId();
  const actor: Actor = { userId: newId(), role: 'provider', active: true, flags: { [clinicId]: ALL } };
  const records = new Map<string, StoredRecord>();
  let origin: Origin = { replicaId: newId(), seq: 0, clock: NEW_CLOCK };
  const context = (): CommandContext => {
    const now = new Date(time.ms).toISOString();
    const day = new Intl.DateTimeFormat('en-CA', { timeZone }).format(time.ms);
    return { actor, clinicId, now, today: day, timeZone, newId, read: (ref) => records.get(refKey(ref)) };
  };

  /** The refusal, or null when it was saved. */
  function run<I>(command: Command<I>, input: I): CommandRefusal | null {
    time.ms += 1000;
    const decision = command.decide(command.input.parse(input), context());
    if (!decision.ok) return decision.refusal;
    const held = (ref: { collection: string; id: string }) => records.get(refKey(ref));
    const now = { deviceMs: time.ms, at: new Date(time.ms).toISOString(), schema: SCHEMA_VERSION };
    const authored = authorAction(decision.edits, held, { userId: actor.userId, clinicId }, origin, now, newId);
    if (authored === null) return null;
    const world = worldOf(new Map([[actor.userId, actor]]), { kind: 'server' });
    const verdict = judgeAction(world, authored.action, held);
    if (verdict.result !== 'applied') throw new Error(`judged ${JSON.stringify(verdict)}`);
    origin = authored.origin;
    for (const [key, record] of verdict.records) records.set(key, record);
    return null;
  }

  return {
    time,
    newId,
    clinicId,
    actor,
    run,
    /** A record as it stands, by collection and id. */
    record: (collection: string, id: string) => records.get(refKey({ collection, id })),
    hold: (record: StoredRecord) => records.set(refKey(record), record),
    declared: collectionNamed,
  };
}
export type CommandWorld = ReturnType<typeof aCommandWorld>;
