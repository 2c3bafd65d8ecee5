import type { Chart } from '../../../db/device/charts.ts';
import { openConflicts } from '../../../lib/domain/conflict/conflict.ts';
import { patients } from '../../../lib/domain/patient/patient.ts';
import { fieldsOf } from '../../../lib/replication/declaration.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import type { RefusedAction } from '../../device/refused.ts';
import { type Named, patientName } from '../patient/patient-name.ts';
import { refusedSummary } from '../sync/refused-summary.ts';
import { type ConflictView, conflictView } from './conflict-view.ts';

/** One thing that waits for a person. */
export type AttentionItem =
  | { readonly of: 'refused'; readonly at: string; readonly patientId: string | null; readonly action: RefusedAction }
  | {
      readonly of: 'conflict';
      readonly at: string;
      readonly patientId: string;
      readonly view: ConflictView;
      /** The chart that it stands in. */
      readonly records: readonly StoredRecord[];
    };

/** Everything that waits, the newest first. */
export function attentionItems(refused: readonly RefusedAction[], charts: Iterable<Chart>): AttentionItem[] {
  const conflicts = [...charts].flatMap(({ patientId, records }) =>
    openConflicts(records).flatMap((record): AttentionItem[] => {
      const view = conflictView(record);
      return view === null ? [] : [{ of: 'conflict', at: view.at, patientId, view, records }];
    }),
  );
  const waiting = refused.filter(({ settled }) => settled === null).map(refusedItem);
  return [...conflicts, ...waiting].sort((left, right) => (left.at < right.at ? 1 : left.at > right.at ? -1 : 0));
}

export function refusedItem(action: RefusedAction): AttentionItem {
  const { at, patientId } = refusedSummary(action);
  return { of: 'refused', at, patientId, action };
}

/** Who a chart is about, deleted or not; of a registration that was refused, who was to be registered. */
export function nameOfPatient(
  patientId: string | null,
  charts: ReadonlyMap<string, Chart>,
  refused: readonly RefusedAction[],
): string | null {
  if (patientId === null) return null;
  const held = charts.get(patientId)?.records.find((one) => one.collection === 'patients');
  if (held !== undefined) return patientName(fieldsOf(patients, held.values) as unknown as Named);
  const made = refused
    .flatMap(({ action }) => action.changes)
    .find((one) => one.collection === 'patients' && one.recordId === patientId && one.kind === 'put');
  return made === undefined ? null : patientName(fieldsOf(patients, made.fields) as unknown as Named);
}

export function itemHref(item: AttentionItem): string {
  return item.of === 'refused'
    ? `/c/sync/attention/refused/${item.action.action.id}`
    : conflictHref(item.patientId, item.view.id);
}

export function conflictHref(patientId: string, conflictId: string): string {
  return `/c/sync/attention/conflict/${patientId}/${conflictId}`;
}
