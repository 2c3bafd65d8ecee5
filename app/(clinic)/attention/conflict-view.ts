import type { Chart } from '../../../db/device/charts.ts';
import type { Actor } from '../../../lib/access/actor.ts';
import { collectionNamed } from '../../../lib/domain/collections.ts';
import { openConflicts } from '../../../lib/domain/conflict/conflict.ts';
import { recordBelow } from '../../../lib/domain/conflict/record-below.ts';
import { mayDecideReview } from '../../../lib/domain/conflict/undo-review.ts';
import { correctsAFact } from '../../../lib/domain/reason.ts';
import { isRecord } from '../../../lib/form/filled-form.ts';
import type { Change } from '../../../lib/replication/change.ts';
import type { Json } from '../../../lib/replication/json.ts';
import type { RecordRef, StoredRecord } from '../../../lib/replication/record.ts';

/** One of two values: what, by whom, when, and on which replica. */
export interface Side {
  readonly value: Json;
  readonly author: string;
  readonly at: string;
  readonly origin: string;
  /** Of a review: what was done. */
  readonly kind: Change['kind'] | null;
}

/** A conflict as a screen shows it. */
export interface ConflictView {
  readonly id: string;
  readonly kind: 'parallel-edit' | 'edit-and-delete' | 'review';
  readonly collection: string;
  readonly recordId: string;
  readonly key: string;
  readonly kept: Side;
  readonly lost: Side;
  /** A record below the one that was deleted, which the deletion had not seen; null when it is about the record itself. */
  readonly below: RecordRef | null;
  /** The newer of the two edits. */
  readonly at: string;
}

/** Null for a conflict that this version cannot read. */
export function conflictView({ id, values }: StoredRecord): ConflictView | null {
  const { kind, collection, recordId, key } = values;
  const [kept, lost] = [sideOf(values.kept), sideOf(values.lost)];
  if (kind !== 'parallel-edit' && kind !== 'edit-and-delete' && kind !== 'review') return null;
  if (typeof collection !== 'string' || typeof recordId !== 'string' || typeof key !== 'string') return null;
  if (kept === null || lost === null) return null;
  const at = [kept.at, lost.at].sort()[1] ?? '';
  return { id, kind, collection, recordId, key, kept, lost, below: recordBelow(kind, key), at };
}

/** The open conflicts about a record: of its own values, of its deletion, or of the deletion of what it hangs on. */
export function conflictsAbout({ records }: Pick<Chart, 'records'>, about: RecordRef): ConflictView[] {
  return openConflicts(records)
    .flatMap((one) => conflictView(one) ?? [])
    .filter(({ collection, recordId, below }) => {
      const own = collection === about.collection && recordId === about.id;
      return own || (below?.collection === about.collection && below.id === about.id);
    });
}

const KINDS: readonly Change['kind'][] = ['put', 'delete', 'restore', 'erase'];

function sideOf(value: Json | undefined): Side | null {
  if (!isRecord(value)) return null;
  const { author, at, origin, kind } = value;
  return {
    value: value.value ?? null,
    author: String(author ?? ''),
    at: String(at ?? ''),
    origin: String(origin ?? ''),
    kind: KINDS.find((one) => one === kind) ?? null,
  };
}

/** Does a decision change a value that was saved as a fact? */
export function needsReason({ kind, collection }: ConflictView, record: StoredRecord): boolean {
  const policy = collectionNamed(collection);
  return kind !== 'edit-and-delete' && policy !== undefined && correctsAFact(policy, record);
}

/**
 * May this user decide it? The policy that the upstream judges by: a decision is an ordinary edit, or a deletion taken
 * back. A review is an administrator's; whether he can undo it is another question.
 */
export function mayDecide(
  view: ConflictView,
  record: StoredRecord,
  actor: Actor,
  clinicId: string,
  at: string,
): boolean {
  const policy = collectionNamed(view.collection);
  if (policy === undefined || !actor.active) return false;
  if (view.kind === 'review') return mayDecideReview(actor, record);
  const kind = view.kind === 'edit-and-delete' || view.key === 'deleted' ? 'delete' : 'put';
  const { values } = record;
  const keys = kind === 'put' ? [view.key] : [];
  return policy.mayWrite({
    actor,
    kind,
    creation: false,
    recordId: record.id,
    keys,
    before: values,
    after: values,
    clinicId,
    at,
  });
}
