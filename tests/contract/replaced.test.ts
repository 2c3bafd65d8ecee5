import 'fake-indexeddb/auto';
import { v7 } from 'uuid';
import { expect, it } from 'vitest';
import {
  countReplaced,
  forgetReplaced,
  heldAgain,
  keepReplaced,
  listReplaced,
  replacedRows,
} from '../../db/device/replaced.ts';
import { witnessStore } from '../../db/device/witness-store.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { aDevice } from '../scenario/phone-stores.ts';

const record = (collection: string, id: string, values: StoredRecord['values'], stamp = 'b'): StoredRecord => ({
  ...{ collection, id, values },
  stamps: Object.fromEntries(Object.keys(values).map((key) => [key, stamp])),
});
const rowOf = (held: StoredRecord) => ({
  place: { table: 'charts', id: 'p' } as const,
  held: { stored: { [`${held.collection}/${held.id}`]: held }, shown: {} },
});

/** A phone on which the root's rows replaced a name, a visit and a department. */
async function aPhoneWithReplaced() {
  const { database, key } = await aDevice(v7(), () => 1000, v7);
  const [patient, visit] = [record('patients', 'p', { village: 'Kfar' }), record('visits', 'v', { patientId: 'p' })];
  const department = record('departments', 'd', { clinicId: 'c' });
  await keepReplaced(database, await replacedRows(key, [patient, visit, department], [], 1000));
  return { database, key, patient, visit, department };
}

it('what was replaced is listed by patient, sealed, until a person has seen it', async () => {
  const { database, key, patient, visit, department } = await aPhoneWithReplaced();
  expect(JSON.stringify(await database.replaced.toArray())).not.toContain('Kfar');
  expect(await countReplaced(database)).toBe(2);
  const listed = await listReplaced(database, key);
  const about = (patientId: string | null) => listed.find((one) => one.patientId === patientId)!;
  expect(about('p').records).toEqual([patient, visit]);
  expect(about(null).records).toEqual([department]);
  await forgetReplaced(database, about('p').rows);
  expect(await countReplaced(database)).toBe(1);
  await keepReplaced(database, about('p').rows);
  expect(await countReplaced(database)).toBe(2);
});

it.each<[string, StoredRecord, number]>([
  ['in the same state', record('patients', 'p', { village: 'Kfar' }), 1],
  ['in a newer one', record('patients', 'p', { village: 'Saida' }, 'c'), 1],
  ['in an older one', record('patients', 'p', { village: 'Saida' }, 'a'), 0],
  ['without the value', record('patients', 'p', { phone: '0700' }, 'c'), 0],
  ['erased', record('patients', 'p', { erased: true }, 'c'), 1],
])('need not be seen any more when it is held again: %s', async (_how, held, over) => {
  const { database, key } = await aPhoneWithReplaced();
  expect((await heldAgain(database, key, [rowOf(held)])).length).toBe(over);
});

it('goes with a chart that a root in recovery has elsewhere', async () => {
  const { database, key, department } = await aPhoneWithReplaced();
  await witnessStore(database, key, v7(), () => undefined).letGo(['p']);
  const listed = await listReplaced(database, key);
  expect(listed.map(({ records }) => records)).toEqual([[department]]);
});
