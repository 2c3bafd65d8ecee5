import { z } from 'zod';
import { adminOnly } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { boolean, code, decimal, instant, integer, json, openCode, optional, text } from '../field-types.ts';

export const MEDICINE_FORMS = [
  'tablet',
  'capsule',
  'syrup',
  'suspension',
  'solution',
  'drops',
  'powder',
  'injection',
  'infusion',
  'cream',
  'ointment',
  'gel',
  'lotion',
  'suppository',
  'pessary',
  'inhaler',
  'spray',
  'patch',
  'sachet',
  'device',
  'other',
] as const;
export const ROUTES = [
  'oral',
  'sublingual',
  'buccal',
  'rectal',
  'vaginal',
  'topical',
  'ocular',
  'otic',
  'nasal',
  'inhaled',
  'intramuscular',
  'intravenous',
  'subcutaneous',
  'intradermal',
  'intrathecal',
  'nasogastric',
  'transdermal',
  'other',
] as const;
/** UCUM where one exists. */
export const DOSE_UNITS = [
  'mg',
  'g',
  'ug',
  'mL',
  'L',
  '[iU]',
  'mmol',
  'tablet',
  'capsule',
  'drop',
  'puff',
  'sachet',
  'application',
  'ampoule',
  'vial',
  'bottle',
  'tube',
  'patch',
  'device',
] as const;

const ingredientSchema = z.strictObject({
  name: z.string().max(200),
  atc: z.string().max(7).optional(),
  amount: z.number().optional(),
  unit: z.string().max(20).optional(),
});

export const medicines = collection({
  name: 'medicines',
  scope: 'org',
  mayWrite: adminOnly,
  fields: {
    genericName: text(200),
    brandNames: json(z.array(z.string().max(200)).max(50)),
    form: code(MEDICINE_FORMS),
    strength: text(60),
    ingredients: json(z.array(ingredientSchema).max(30)),
    atc: optional(text(7)),
    route: code(ROUTES),
    doseUnit: code(DOSE_UNITS),
    stockUnit: code(DOSE_UNITS),
    barcode: optional(text(64)),
    controlled: boolean(),
    coldChain: boolean(),
    minStock: optional(integer(0, 100_000_000)),
    maxStock: optional(integer(0, 100_000_000)),
    salePrice: optional(decimal(12, 2, 0, 1_000_000_000)),
    currency: optional(openCode()),
    note: optional(text(500)),
    archivedAt: optional(instant()),
  },
});
export type Medicine = RecordOf<typeof medicines>;
