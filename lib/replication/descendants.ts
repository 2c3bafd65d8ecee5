import type { Declaration } from './declaration.ts';
import { DESCENDANTS, type Key, splitKey } from './key.ts';
import { type RecordRef, refKey, type StoredRecord } from './record.ts';
import { patientOf } from './scopes.ts';
import type { Stamp } from './stamp.ts';

type Declared = (name: string) => Declaration | undefined;

/** Stamps under one key of `replaced`: the most that a change may name there. */
const STAMPS_PER_KEY = 50;

/** The records that a record hangs directly below, as its values say. */
export function parentsOf(collection: Declaration | undefined, record: StoredRecord): RecordRef[] {
  return Object.entries(collection?.parents ?? {}).flatMap(([key, parent]) => {
    const id = record.values[key];
    return typeof id === 'string' ? [{ collection: parent, id }] : [];
  });
}

/** Those of these records that hang below `top`, directly or through another, in the same chart; deleted ones too. */
export function recordsBelow(declared: Declared, top: StoredRecord, records: Iterable<StoredRecord>): StoredRecord[] {
  const chartOf = (record: StoredRecord) => {
    const collection = declared(record.collection);
    return collection === undefined ? null : patientOf(collection, record);
  };
  const chart = chartOf(top);
  if (chart === null) return [];
  let others = [...records]
    .filter((record) => refKey(record) !== refKey(top) && chartOf(record) === chart)
    .map((record) => ({ record, parents: parentsOf(declared(record.collection), record).map(refKey) }));
  const above = new Set([refKey(top)]);
  const below: StoredRecord[] = [];
  for (;;) {
    const found = others.filter(({ parents }) => parents.some((parent) => above.has(parent)));
    if (found.length === 0) return below;
    for (const { record } of found) {
      above.add(refKey(record));
      below.push(record);
    }
    others = others.filter(({ record }) => !above.has(refKey(record)));
  }
}

/**
 * What a deletion says of the records below it: every stamp that its author had of them. A stamp stands for one change,
 * so that neither record nor key need be named: 34 bytes for each, 15,000 in the largest action.
 */
export function namesBelow(records: readonly StoredRecord[]): Record<Key, Stamp[]> {
  const stamps = [...new Set(records.flatMap((record) => Object.values(record.stamps)))].sort();
  const named: Record<Key, Stamp[]> = {};
  for (let index = 0; index < stamps.length; index += STAMPS_PER_KEY) {
    named[`${DESCENDANTS}.${index / STAMPS_PER_KEY}`] = stamps.slice(index, index + STAMPS_PER_KEY);
  }
  return named;
}

/** Does this key of `replaced` name writes below the record rather than its own? */
export function isBelow(key: Key): boolean {
  return splitKey(key).column === DESCENDANTS;
}

/** The key that a conflict of a deleted record has for a record below it. */
export function keyBelow({ collection, id }: RecordRef): Key {
  return `${collection}.${id}`;
}
