import { put } from '../../../lib/domain/command.ts';
import { deterministicId } from '../../../lib/domain/identity.ts';
import type { Author } from '../../../lib/replication/author-action.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { instantOf } from './demo-day.ts';
import type { DemoWorld } from './demo-world.ts';
import type { Dice } from './dice.ts';
import { type DemoMedicine, MEDICINES, type MedicineKey } from './medicine-list.ts';
import { ADMIN, CAMP_NORTH, MOBILE, MOBILE_TEAM, NURSE, OPENED_DAYS_AGO } from './staff.ts';

const KEYS = Object.keys(MEDICINES) as MedicineKey[];

export function medicineId(key: MedicineKey): string {
  return deterministicId('medicines', 'demo', key);
}

/** The catalogue, and the batches that each clinic received. */
export function stockMedicines(world: DemoWorld): void {
  const atMs = world.calendar.at(OPENED_DAYS_AGO - 1, 11, 0);
  for (const key of KEYS) world.edit(ADMIN, atMs, put('medicines', medicineId(key), fieldsOf(MEDICINES[key])));
  KEYS.forEach((key, index) => {
    const half = MEDICINES[key].minStock;
    receive(world, NURSE, key, { quantity: half, daysAgo: 300, expiresInDays: index === 3 ? -20 : 60 + index * 9 });
    // The last ones were not delivered again: they are low.
    if (index < 22) receive(world, NURSE, key, { quantity: half * 2, daysAgo: 40, expiresInDays: 420 + index * 11 });
    if (index % 2 === 0) receive(world, MOBILE, key, { quantity: half, daysAgo: 90, expiresInDays: 200 + index * 13 });
  });
}

function fieldsOf(medicine: DemoMedicine): Record<string, Json> {
  const { name, strength, form, route, unit, atc, minStock, cold = false, controlled = false } = medicine;
  return {
    ...{ genericName: name, brandNames: [], form, strength, ingredients: [], atc, route },
    ...{ doseUnit: unit, stockUnit: unit, controlled, coldChain: cold, minStock, maxStock: minStock * 5 },
  };
}

interface Delivery {
  readonly quantity: number;
  readonly daysAgo: number;
  /** From the day the demo is made; below zero, it has expired. */
  readonly expiresInDays: number;
}

function receive(world: DemoWorld, author: Author, key: MedicineKey, delivery: Delivery): void {
  const { calendar, newId, dice } = world;
  const atMs = calendar.at(delivery.daysAgo, 12, 0);
  const movement = {
    clinicId: author.clinicId === MOBILE_TEAM ? MOBILE_TEAM : CAMP_NORTH,
    medicineId: medicineId(key),
    batchNumber: batchNumber(dice),
    expiresOn: calendar.dayOf(-delivery.expiresInDays).slice(0, 7),
    ...{ kind: 'receive', quantity: delivery.quantity, occurredAt: instantOf(atMs), actorId: author.userId },
    supplier: 'Regional medical store',
  };
  world.edit(author, atMs, put('stockMovements', newId(), movement));
}

function batchNumber(dice: Dice): string {
  return `${dice.pick(['A', 'B', 'K', 'M'])}${dice.digits(5)}`;
}
