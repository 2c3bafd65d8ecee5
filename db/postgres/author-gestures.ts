import type { Actor } from '../../lib/access/actor.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { type Author, authorAction, type Edit } from '../../lib/replication/author-action.ts';
import type { Action } from '../../lib/replication/change.ts';
import { mergeChange, refOf } from '../../lib/replication/merge.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { refKey } from '../../lib/replication/record.ts';
import { acceptWithin } from './accept-changes.ts';
import { lockOwnOrigin, saveOwnOrigin } from './author-edits.ts';
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
  let origin = await lockOwnOrigin(client);
  const records = await readByIds(
    client,
    gestures.flatMap(({ edits }) => edits),
  );
  const held = new Map(records.map((record) => [refKey(record), record]));
  const actions: Action[] = [];
  for (const { author, atMs, edits } of gestures) {
    const now = { deviceMs: atMs, at: new Date(atMs).toISOString(), schema: SCHEMA_VERSION };
    const authored = authorAction(edits, (ref) => held.get(refKey(ref)), author, origin, now, newId);
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
