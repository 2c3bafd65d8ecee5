import type { Chart } from '../../../db/device/charts.ts';
import { disputedDeletions } from '../../../lib/domain/conflict/conflict.ts';
import { isDeleted, refKey, type StoredRecord } from '../../../lib/replication/record.ts';

/** One visit with what was recorded in it. */
export interface VisitView {
  readonly visit: StoredRecord;
  readonly open: boolean;
  /** Deleted, and in sight because somebody who did not know changed it: nothing is added to it. */
  readonly deleted: boolean;
  readonly events: readonly StoredRecord[];
  readonly vitals: readonly StoredRecord[];
  /** The visit, or something of it, is only on this phone. */
  readonly unsent: boolean;
}

/** The visits of a chart, newest first, each with its forms and vitals. */
export function visitsOf({ records, unsent }: Chart): VisitView[] {
  const inSight = recordsInSight(records);
  const of = (collection: string) => inSight.filter((one) => one.collection === collection);
  const [events, vitals] = [of('events'), of('vitals')];
  const views = of('visits').map((visit): VisitView => {
    const mine = (one: StoredRecord) => one.values.visitId === visit.id;
    const within = { events: events.filter(mine).sort(byId), vitals: vitals.filter(mine).sort(byId) };
    const parts = [visit, ...within.events, ...within.vitals];
    const deleted = isDeleted(visit);
    return {
      visit,
      deleted,
      open: isOpen(visit) && !deleted,
      ...within,
      unsent: parts.some((one) => unsent.has(refKey(one))),
    };
  });
  return views.sort((left, right) => byTime(right.visit, left.visit));
}

/** What is not deleted, and what is deleted while somebody who had not seen the deletion changed it. */
function recordsInSight(records: readonly StoredRecord[]): StoredRecord[] {
  const disputed = disputedDeletions(records);
  return records.filter((one) => !isDeleted(one) || disputed.has(refKey(one)));
}

export function isOpen(visit: StoredRecord): boolean {
  return (visit.values.closing as { status?: string } | null | undefined)?.status !== 'closed';
}

/** Vitals of a chart, newest first. */
export function vitalsOf({ records }: Chart): StoredRecord[] {
  return recordsInSight(records)
    .filter((one) => one.collection === 'vitals')
    .sort((left, right) => byTime(right, left));
}

/** The newest value of every measure, with the day it was taken. */
export function lastMeasures(chart: Chart): { measure: string; value: number; on: string }[] {
  const found = new Map<string, { measure: string; value: number; on: string }>();
  for (const record of vitalsOf(chart)) {
    for (const [measure, value] of measuresOf(record)) {
      if (!found.has(measure)) found.set(measure, { measure, value, on: String(record.values.occurredOn ?? '') });
    }
  }
  return [...found.values()];
}

const GROUPS = ['bp', 'height', 'glucose'] as const;

/** The numbers of a vitals record, by measure, in the unit of its name; groups spread out. */
export function measuresOf(record: StoredRecord): [measure: string, value: number][] {
  const flat = { ...record.values };
  for (const group of GROUPS) Object.assign(flat, flat[group]);
  return Object.entries(MEASURE_UNITS).flatMap(([measure]) => {
    const value = flat[measure];
    return typeof value === 'number' ? [[measure, value] as [string, number]] : [];
  });
}

/** Measures in the order of a vitals chart, with the UCUM unit that they are stored in (data.md §9). */
export const MEASURE_UNITS: Readonly<Record<string, string>> = {
  temperatureCelsius: 'Cel',
  systolicMmHg: 'mm[Hg]',
  diastolicMmHg: 'mm[Hg]',
  pulsePerMin: '/min',
  respiratoryRatePerMin: '/min',
  oxygenSaturationPercent: '%',
  weightKg: 'kg',
  heightCm: 'cm',
  muacCm: 'cm',
  headCircumferenceCm: 'cm',
  waistCm: 'cm',
  glucoseMmolL: 'mmol/L',
  painScore: '',
  gcsTotal: '',
};

function byTime(left: StoredRecord, right: StoredRecord): number {
  const [a, b] = [String(left.values.occurredAt ?? ''), String(right.values.occurredAt ?? '')];
  return a < b ? -1 : a > b ? 1 : byId(left, right);
}

function byId(left: StoredRecord, right: StoredRecord): number {
  return left.id < right.id ? -1 : 1;
}
