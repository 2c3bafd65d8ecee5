import { useEffect, useSyncExternalStore } from 'react';
import { database } from './phone.ts';
import { askIndex, useIndexStatus } from './workers.ts';

/** The conflicts that people of this clinic still have to decide, by the patients whose charts hold them. */
export interface OpenConflicts {
  readonly count: number;
  readonly patientIds: readonly string[];
}

const NONE: OpenConflicts = { count: 0, patientIds: [] };

let byPatient = new Map<string, number>();
let shown: OpenConflicts = NONE;
/** The local commit number up to which the charts are counted; null before the first count. */
let counted: number | null = null;
let running: Promise<void> = Promise.resolve();
const listeners = new Set<() => void>();

/** Counted from the cards of the search worker, which has opened every chart anyway. No chart is opened for it. */
export function useOpenConflicts(): OpenConflicts {
  const status = useIndexStatus();
  useEffect(() => {
    running = running.then(() => (status.ready ? countOn() : forget())).catch(reportError);
  }, [status]);
  return useSyncExternalStore(
    subscribe,
    () => shown,
    () => NONE,
  );
}

async function countOn(): Promise<void> {
  const last = await lastCommit();
  const gone = await goneCharts();
  if (last === counted && gone.size === 0) return;
  // The worker may be behind what was just saved.
  const found = await askIndex((index) => index.catchUp().then(() => index.toDecide()));
  const cards = found.filter(({ id }) => !gone.has(id));
  byPatient = new Map(cards.map(({ id, openConflicts }) => [id, openConflicts]));
  counted = last;
  tell();
}

async function lastCommit(): Promise<number> {
  const [last] = await database.charts.orderBy('commit').reverse().limit(1).keys();
  return typeof last === 'number' ? last : 0;
}

/** Charts that were let go leave no commit behind. */
async function goneCharts(): Promise<ReadonlySet<string>> {
  const ids = [...byPatient.keys()];
  const held = new Set(await database.charts.where('id').anyOf(ids).primaryKeys());
  return new Set(ids.filter((id) => !held.has(id)));
}

async function forget(): Promise<void> {
  if (counted === null) return;
  byPatient = new Map();
  counted = null;
  tell();
}

function tell(): void {
  const count = [...byPatient.values()].reduce((sum, one) => sum + one, 0);
  shown = count === 0 ? NONE : { count, patientIds: [...byPatient.keys()] };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
