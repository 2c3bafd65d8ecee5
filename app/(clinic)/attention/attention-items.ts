import type { Chart } from '../../../db/device/charts.ts';
import type { Replaced } from '../../../db/device/replaced.ts';
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
    }
  | { readonly of: 'replaced'; readonly at: string; readonly patientId: string | null; readonly what: Replaced };

/** Everything that waits, the newest first. */
export function attentionItems(
  refused: readonly RefusedAction[],
  charts: Iterable<Chart>,
  replaced: readonly Replaced[],
): AttentionItem[] {
  const conflicts = [...charts].flatMap(({ patientId, records }) =>
    openConflicts(records).flatMap((record): AttentionItem[] => {
      const view = conflictView(record);
      return view === null ? [] : [{ of: 'conflict', at: view.at, patientId, view, records }];
    }),
  );
  const waiting = refused.filter(({ settled }) => settled === null).map(refusedItem);
  return [...conflicts, ...waiting, ...replaced.map(replacedItem)].sort((left, right) =>
    left.at < right.at ? 1 : left.at > right.at ? -1 : 0,
  );
}

export function refusedItem(action: RefusedAction): AttentionItem {
  const { at, patientId } = refusedSummary(action);
  return { of: 'refused', at, patientId, action };
}

function replacedItem(what: Replaced): AttentionItem {
  return { of: 'replaced', at: new Date(what.atMs).toISOString(), patientId: what.patientId, what };
}

/** Who a chart is about, deleted or not; of a registration that was refused, who was to be registered. */
export function nameOfPatient(
  patientId: string | null,
  charts: ReadonlyMap<string, Chart>,
  refused: readonly RefusedAction[],
): string | null {
  if (patientId === null) return null;
  const held = nameIn(charts.get(patientId)?.records ?? []);
  if (held !== undefined) return held;
  const made = refused
    .flatMap(({ action }) => action.changes)
    .find((one) => one.collection === 'patients' && one.recordId === patientId && one.kind === 'put');
  return made === undefined ? null : patientName(fieldsOf(patients, made.fields) as unknown as Named);
}

/** The name in a patient's records; undefined when the patient is not among them. */
export function nameIn(records: readonly StoredRecord[]): string | null | undefined {
  const patient = records.find((one) => one.collection === 'patients');
  return patient && patientName(fieldsOf(patients, patient.values) as unknown as Named);
}

export function itemHref(item: AttentionItem): string {
  if (item.of === 'replaced') return `/c/sync/attention/replaced/${item.patientId ?? NOBODY}`;
  return item.of === 'refused'
    ? `/c/sync/attention/refused/${item.action.action.id}`
    : conflictHref(item.patientId, item.view.id);
}

/** Does it belong to another record, and say nothing by itself? */
export function isSelfEvident(collection: string): boolean {
  return collection === 'patientClinics' || collection === 'conflicts';
}

/** In the place of a patient, for what is about none. */
export const NOBODY = 'none';

export function conflictHref(patientId: string, conflictId: string): string {
  return `/c/sync/attention/conflict/${patientId}/${conflictId}`;
}
