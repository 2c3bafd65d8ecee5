import { z } from 'zod';
import type { Edit } from '../../replication/author-action.ts';
import { type Change, changeSchema, MAX_ACTION_CHANGES } from '../../replication/change.ts';
import { refKey } from '../../replication/record.ts';
import { collectionNamed } from '../collections.ts';
import { command, edits, refuseCommand } from '../command.ts';
import { reasonSchema } from '../reason.ts';

/**
 * Makes an edit that was refused once more, as an action of whoever accepts it: he is its author, with his reason, and
 * it is judged like any other. Nothing of what no phone may hold (sign-in data) is taken over.
 */
export const acceptRefused = command({
  name: 'acceptRefused',
  input: z.strictObject({
    /** The changes of the refused action, as the log keeps them. */
    changes: z.array(changeSchema).min(1).max(MAX_ACTION_CHANGES),
    reason: reasonSchema,
  }),
  needs: ({ changes }) => changes.map(refOfChange),
  decide: ({ changes, reason }) => {
    if (changes.some(({ collection }) => collectionNamed(collection)?.place === 'none'))
      return refuseCommand('forbidden');
    return edits(...editsOf(changes, reason));
  },
});

function refOfChange({ collection, recordId }: Change) {
  return { collection, id: recordId };
}

/** One put of each record: a second would not know that it follows the first. */
function editsOf(changes: readonly Change[], reason: string): Edit[] {
  const made = new Map<string, Edit>();
  for (const change of changes) {
    const ref = refOfChange(change);
    const key = change.kind === 'put' ? refKey(ref) : change.id;
    const fields = { ...made.get(key)?.fields, ...change.fields };
    made.set(key, { ...ref, kind: change.kind, fields, reason });
  }
  return [...made.values()];
}
