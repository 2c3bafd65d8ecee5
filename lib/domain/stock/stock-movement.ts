import { hasFlag } from '../../access/actor.ts';
import { type Attempt, clinicsTouched, heldValue } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { code, decimal, id, instant, integer, openCode, optional, partialDate, text } from '../field-types.ts';

export const MOVEMENT_KINDS = [
  'receive',
  'dispense',
  'transfer-out',
  'transfer-in',
  'count',
  'adjust',
  'waste',
  'expire',
  'quarantine',
  'release',
  'reverse',
] as const;
const NEED_REASON: ReadonlySet<unknown> = new Set(['adjust', 'waste', 'count', 'reverse']);

/** The stock ledger. A balance is the sum of its movements; a batch is medicine + batch number + expiry. */
export const stockMovements = collection({
  name: 'stockMovements',
  scope: 'stock',
  merge: 'ledger',
  mayWrite: mayMove,
  fields: {
    clinicId: id(),
    medicineId: id(),
    /** Empty = untracked; written as `-`. */
    batchNumber: text(60),
    expiresOn: optional(partialDate()),
    kind: code(MOVEMENT_KINDS),
    /** In the medicine's stock unit; + in, − out, never 0. */
    quantity: integer(-100_000_000, 100_000_000),
    occurredAt: instant(),
    actorId: id(),
    dispensingId: optional(id()),
    transferId: optional(id()),
    countedQuantity: optional(integer(0, 100_000_000)),
    supplier: optional(text(200)),
    unitCost: optional(decimal(14, 4, 0, 1_000_000_000)),
    currency: optional(openCode()),
    reason: optional(text(300)),
  },
  fault: (values) => {
    if (values.quantity === 0) return 'quantity';
    return NEED_REASON.has(values.kind) && (values.reason ?? null) === null ? 'reason' : null;
  },
});
export type StockMovement = RecordOf<typeof stockMovements>;

function mayMove(attempt: Attempt): boolean {
  const kind = heldValue(attempt.after, 'kind');
  const flag = kind === 'dispense' || kind === 'reverse' ? 'dispense' : 'manage-stock';
  return clinicsTouched(attempt).every((clinicId) => hasFlag(attempt.actor, flag, clinicId));
}
