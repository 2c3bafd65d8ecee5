import type pg from 'pg';
import { postgresFeedReplica } from '../../db/postgres/feed-replica.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { type Flag, ROLE_TEMPLATES } from '../../lib/access/actor.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import type { Sender } from '../../lib/domain/world.ts';
import { authorAction, type Edit, type Origin } from '../../lib/replication/author-action.ts';
import type { Action } from '../../lib/replication/change.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { recordsBelow } from '../../lib/replication/descendants.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { put } from './edits.ts';
import { foundServer } from './found-server.ts';

export type Writer = ReturnType<typeof aWriter>;

/** A replica that authors changes for a user: numbers, stamps, clock. `held` is what it has seen. */
export function aWriter(userId: string, clinicId: string | null, replicaId: string = newId()) {
  let origin: Origin = { replicaId, seq: 0, clock: NEW_CLOCK };
  return {
    replicaId,
    userId,
    author(edits: Edit[], held: readonly StoredRecord[] = []): Action {
      const byRef = new Map(held.map((record) => [refKey(record), record]));
      const find = (ref: RecordRef) => byRef.get(refKey(ref));
      const below = (top: StoredRecord) => recordsBelow(collectionNamed, top, held);
      const now = { deviceMs: Date.now(), at: new Date().toISOString(), schema: SCHEMA_VERSION };
      const authored = authorAction(edits, find, { userId, clinicId }, origin, now, newId, below)!;
      origin = authored.origin;
      return authored.action;
    },
  };
}

/** A server on PostgreSQL with clinics, each with one provider. */
export async function aPostgresClinic(pool: pg.Pool, clinics = 1, flags: readonly Flag[] = ROLE_TEMPLATES.provider) {
  const founder = await foundServer(pool);
  const server = postgresFeedReplica(pool, { kind: 'server' });
  const admin = aWriter(founder, null);
  const atServer = async (edits: Edit[], held: StoredRecord[] = []) => {
    const [outcome] = await server.accept([admin.author(edits, held)]);
    if (outcome?.result !== 'applied') throw new Error(`refused: ${JSON.stringify(outcome?.refusal)}`);
  };
  const granted = Object.fromEntries(flags.map((flag) => [`flags.${flag}`, true]));
  const made: { clinicId: string; userId: string }[] = [];
  for (let number = 0; number < clinics; number++) {
    const [clinicId, userId] = [newId(), newId()];
    await atServer([
      put('clinics', clinicId, { name: `Clinic ${number}`, code: `C${number}`, timeZone: 'Asia/Beirut' }),
      put('users', userId, { name: 'A provider', role: 'provider', language: 'en', clinicId }),
      put('permissions', deterministicId('permissions', userId, clinicId), { userId, clinicId, ...granted }),
    ]);
    made.push({ clinicId, userId });
  }
  const asDevice = ({ clinicId, userId }: { clinicId: string; userId: string }, deviceId: string | null = null) => {
    const sender: Sender = { kind: 'device', clinicIds: [clinicId], signedIn: [userId] };
    return postgresFeedReplica(pool, sender, deviceId);
  };
  return { founder, atServer, clinics: made, asDevice };
}
