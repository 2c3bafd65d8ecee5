import { useEffect, useSyncExternalStore } from 'react';
import type { PatientCard } from '../../lib/domain/patient/patient-card.ts';
import { database } from './phone.ts';
import { searchIndex, useIndexStatus } from './workers.ts';

/** The conflicts that people of this clinic still have to decide, by the patients whose charts hold them. */
export interface OpenConflicts {
  readonly count: number;
  readonly patientIds: readonly string[];
}

const NONE: OpenConflicts = { count: 0, patientIds: [] };
/** Above this many changed charts the summaries are asked for all at once. */
const MANY_CHARTS = 500;
const EVERY_CARD = Number.MAX_SAFE_INTEGER;

let byPatient = new Map<string, number>();
let shown: OpenConflicts = NONE;
/** The local commit number up to which the charts are counted; null before the first count. */
let counted: number | null = null;
let running: Promise<void> = Promise.resolve();
const listeners = new Set<() => void>();

/**
 * Counted from the summaries of the search worker, which has opened every chart anyway: all of them once after each
 * unlock, then those of charts that changed. No chart is opened for it.
 */
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
  if (last === counted && gone.length === 0) return;
  for (const id of gone) byPatient.delete(id);
  if (last !== counted) await countCharts(counted, last);
  counted = last;
  tell();
}

async function countCharts(since: number | null, last: number): Promise<void> {
  const changed = since === null ? [] : await database.charts.where('commit').above(since).primaryKeys();
  const index = searchIndex();
  // The worker may be behind what was just saved.
  await index.catchUp();
  if (since === null || changed.length > MANY_CHARTS || last < since) {
    const cards = await index.search('', EVERY_CARD);
    byPatient = new Map(cards.filter((card) => card.openConflicts > 0).map((card) => [card.id, card.openConflicts]));
    return;
  }
  for (const id of changed) put(id, await index.card(id));
}

function put(id: string, card: PatientCard | null): void {
  if (card === null || card.openConflicts === 0) byPatient.delete(id);
  else byPatient.set(id, card.openConflicts);
}

async function lastCommit(): Promise<number> {
  const [last] = await database.charts.orderBy('commit').reverse().limit(1).keys();
  return typeof last === 'number' ? last : 0;
}

/** Charts that were let go leave no commit behind. */
async function goneCharts(): Promise<string[]> {
  const ids = [...byPatient.keys()];
  const held = new Set(await database.charts.where('id').anyOf(ids).primaryKeys());
  return ids.filter((id) => !held.has(id));
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
