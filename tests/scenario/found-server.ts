import type pg from 'pg';
import { acceptPushes } from '../../db/postgres/accept-changes.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import type { Actor } from '../../lib/access/actor.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { authorAction } from '../../lib/replication/author-action.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { put } from './edits.ts';

/** Gives an empty server its first administrator, who makes himself. */
export async function foundServer(pool: pg.Pool, founder: string = newId()): Promise<string> {
  const actor: Actor = { userId: founder, role: 'super_admin', active: true, flags: {} };
  const authored = authorAction(
    [put('users', founder, { name: 'Founder', role: 'super_admin', language: 'en' })],
    () => undefined,
    { userId: founder, clinicId: null },
    { replicaId: newId(), seq: 0, clock: NEW_CLOCK },
    { deviceMs: Date.UTC(2026, 10, 20), at: '2026-11-20T00:00:00.000Z', schema: SCHEMA_VERSION },
    newId,
  )!;
  const [outcomes] = await acceptPushes(pool, [
    { sender: { kind: 'server' }, receivedFrom: null, actions: [authored.action], founder: actor },
  ]);
  if (outcomes?.[0]?.result !== 'applied') throw new Error('the founder was refused');
  return founder;
}
