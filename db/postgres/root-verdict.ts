import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { type Sender, worldOf } from '../../lib/domain/world.ts';
import { type Author, authorAction, type Edit } from '../../lib/replication/author-action.ts';
import type { Action } from '../../lib/replication/change.ts';
import { judgeAction } from '../../lib/replication/judge.ts';
import type { ChangeRefusal } from '../../lib/replication/protocol/outcome.ts';
import type { RecordRef, StoredRecord } from '../../lib/replication/record.ts';
import { verdictOf } from '../../lib/replication/verdict.ts';
import { readPeople } from './accept-changes.ts';
import type { Queryable } from './record-statements.ts';
import { newId, readIdentity } from './replica-identity.ts';
import { readClinicsOfHub } from './upstream.ts';

/**
 * Why the root would refuse what is about to be made here, only because a hub hands it in: judged by the code that judges
 * it there, on what is held here. Null at a root, and where the author lacks the right himself: he is told so.
 */
export async function refusalByRoot(
  client: Queryable,
  action: Action,
  held: (ref: RecordRef) => StoredRecord | undefined,
): Promise<ChangeRefusal | null> {
  const clinicIds = await readClinicsOfHub(client);
  if (clinicIds === null) return null;
  const people = await readPeople(client, action.changes);
  const judged = { actionId: action.id, result: 'applied' as const, refusal: null };
  const strangers = new Set(action.changes.map(({ origin }) => origin));
  const asHub: Sender = { kind: 'hub', clinicIds, strangers };
  const { verdict } = verdictOf(worldOf(people, asHub), action, judged, held, true);
  if (verdict.result !== 'refused') return null;
  const lacksRight = judgeAction(worldOf(people, { kind: 'server' }), action, held).result === 'refused';
  return lacksRight ? null : verdict.refusal;
}

/** The same of edits that will be made later, all of them of new records. */
export async function areForRootOnly(client: Queryable, edits: readonly Edit[], author: Author): Promise<boolean> {
  const { replicaId } = await readIdentity(client);
  const origin = { replicaId, seq: 0, clock: { point: { ms: 0, counter: 0 }, offsetMs: 0 } };
  const now = { deviceMs: Date.now(), at: new Date().toISOString(), schema: SCHEMA_VERSION };
  const held = () => undefined;
  const authored = authorAction(edits, held, author, origin, now, newId);
  return authored !== null && (await refusalByRoot(client, authored.action, held)) !== null;
}
