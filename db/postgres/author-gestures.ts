import type { Actor } from '../../lib/access/actor.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { type Author, authorAction, type Edit } from '../../lib/replication/author-action.ts';
import type { Action } from '../../lib/replication/change.ts';
import { recordsBelow } from '../../lib/replication/descendants.ts';
import { mergeChange, refOf } from '../../lib/replication/merge.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { acceptWithin } from './accept-changes.ts';
import { lockEdited, lockOwnOrigin, readChartsOfDeleted, saveOwnOrigin } from './author-edits.ts';
import { type Queryable, readByIds } from './record-statements.ts';
import { newId } from './replica-identity.ts';

/** Edits that somebody made at a moment that has passed. */
export interface PastGesture {
  readonly author: Author;
  readonly atMs: number;
  readonly edits: readonly Edit[];
}

/**
 * Makes and accepts actions of this replica that were decided before, in their order, within a transaction of the
 * caller: numbered, stamped and judged like any other. Authors are judged by what was recorded of them before this
 * call. An outcome per action; a gesture that changes nothing makes none.
 */
export async function authorGesturesWithin(
  client: Queryable,
  gestures: readonly PastGesture[],
  founder?: Actor,
): Promise<Outcome[]> {
  const all = gestures.flatMap(({ edits }) => edits);
  await lockEdited(client, all);
  let origin = await lockOwnOrigin(client);
  const held = new Map((await readByIds(client, all)).map((record) => [refKey(record), record]));
  for (const record of await readChartsOfDeleted(client, all, (ref) => held.get(refKey(ref)))) {
    held.set(refKey(record), record);
  }
  const below = (record: StoredRecord) => recordsBelow(collectionNamed, record, held.values());
  const actions: Action[] = [];
  for (const { author, atMs, edits } of gestures) {
    const now = { deviceMs: atMs, at: new Date(atMs).toISOString(), schema: SCHEMA_VERSION };
    const authored = authorAction(edits, (ref) => held.get(refKey(ref)), author, origin, now, newId, below);
    if (authored === null) continue;
    origin = authored.origin;
    actions.push(authored.action);
    for (const change of authored.action.changes) {
      const key = refKey(refOf(change));
      held.set(key, mergeChange(held.get(key), change));
    }
  }
  if (actions.length === 0) return [];
  await saveOwnOrigin(client, origin);
  const push = { sender: { kind: 'server' as const }, receivedFrom: null, actions };
  const [outcomes] = await acceptWithin(client, [founder === undefined ? push : { ...push, founder }]);
  return outcomes ?? [];
}
