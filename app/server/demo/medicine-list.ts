import type { DOSE_UNITS, MEDICINE_FORMS, ROUTES } from '../../../lib/domain/medicine/medicine.ts';

/** A line of the demo's catalogue. ATC codes are those of the WHO index. */
export interface DemoMedicine {
  readonly name: string;
  readonly strength: string;
  readonly form: (typeof MEDICINE_FORMS)[number];
  readonly route: (typeof ROUTES)[number];
  readonly unit: (typeof DOSE_UNITS)[number];
  readonly atc: string;
  readonly minStock: number;
  /** As usually given to an adult, where the demo prescribes it. */
  readonly adult?: { readonly amount: number; readonly frequency: string; readonly days: number };
  readonly cold?: boolean;
  readonly controlled?: boolean;
}

const tablet = { form: 'tablet', route: 'oral', unit: 'tablet' } as const;
const capsule = { form: 'capsule', route: 'oral', unit: 'capsule' } as const;
const injection = { form: 'injection', route: 'intramuscular', unit: 'ampoule' } as const;
const onSkin = { route: 'topical', unit: 'tube' } as const;

const once = (days: number) => ({ amount: 1, frequency: 'once-daily', days });
const thrice = (days: number) => ({ amount: 1, frequency: 'three-times-daily', days });

export const MEDICINES = {
  paracetamol: { name: 'Paracetamol', strength: '500 mg', ...tablet, atc: 'N02BE01', minStock: 500, adult: thrice(3) },
  ibuprofen: { name: 'Ibuprofen', strength: '400 mg', ...tablet, atc: 'M01AE01', minStock: 200, adult: thrice(5) },
  amoxicillin: { name: 'Amoxicillin', strength: '500 mg', ...capsule, atc: 'J01CA04', minStock: 300, adult: thrice(5) },
  coAmoxiclav: {
    name: 'Amoxicillin and clavulanic acid',
    strength: '500 mg + 125 mg',
    ...tablet,
    atc: 'J01CR02',
    minStock: 100,
  },
  azithromycin: { name: 'Azithromycin', strength: '500 mg', ...tablet, atc: 'J01FA10', minStock: 60 },
  ciprofloxacin: { name: 'Ciprofloxacin', strength: '500 mg', ...tablet, atc: 'J01MA02', minStock: 100 },
  doxycycline: { name: 'Doxycycline', strength: '100 mg', ...capsule, atc: 'J01AA02', minStock: 100 },
  metronidazole: { name: 'Metronidazole', strength: '250 mg', ...tablet, atc: 'P01AB01', minStock: 150 },
  ceftriaxone: { name: 'Ceftriaxone', strength: '1 g', ...injection, unit: 'vial', atc: 'J01DD04', minStock: 40 },
  ors: {
    name: 'Oral rehydration salts',
    strength: '20.5 g for 1 L',
    form: 'sachet',
    route: 'oral',
    unit: 'sachet',
    atc: 'A07CA',
    minStock: 300,
    adult: thrice(2),
  },
  zinc: { name: 'Zinc sulfate', strength: '20 mg', ...tablet, atc: 'A12CB01', minStock: 200 },
  artemether: {
    name: 'Artemether and lumefantrine',
    strength: '20 mg + 120 mg',
    ...tablet,
    atc: 'P01BF01',
    minStock: 240,
    adult: { amount: 4, frequency: 'twice-daily', days: 3 },
  },
  albendazole: {
    name: 'Albendazole',
    strength: '400 mg',
    ...tablet,
    atc: 'P02CA03',
    minStock: 100,
    adult: { amount: 1, frequency: 'once', days: 1 },
  },
  ironFolate: {
    name: 'Ferrous sulfate and folic acid',
    strength: '60 mg iron + 400 ug',
    ...tablet,
    atc: 'B03AD03',
    minStock: 600,
    adult: once(30),
  },
  calcium: { name: 'Calcium carbonate', strength: '500 mg', ...tablet, atc: 'A12AA04', minStock: 300 },
  vitaminA: { name: 'Vitamin A', strength: '200 000 IU', ...capsule, atc: 'A11CA01', minStock: 100 },
  amlodipine: { name: 'Amlodipine', strength: '5 mg', ...tablet, atc: 'C08CA01', minStock: 300, adult: once(30) },
  metformin: {
    name: 'Metformin',
    strength: '500 mg',
    ...tablet,
    atc: 'A10BA02',
    minStock: 400,
    adult: { amount: 1, frequency: 'twice-daily', days: 30 },
  },
  omeprazole: { name: 'Omeprazole', strength: '20 mg', ...capsule, atc: 'A02BC01', minStock: 150, adult: once(14) },
  salbutamol: {
    name: 'Salbutamol',
    strength: '100 ug per puff',
    form: 'inhaler',
    route: 'inhaled',
    unit: 'device',
    atc: 'R03AC02',
    minStock: 20,
  },
  permethrin: {
    name: 'Permethrin',
    strength: '5 %',
    form: 'cream',
    ...onSkin,
    atc: 'P03AC04',
    minStock: 60,
    adult: { amount: 1, frequency: 'once', days: 1 },
  },
  tetracycline: {
    name: 'Tetracycline eye ointment',
    strength: '1 %',
    form: 'ointment',
    route: 'ocular',
    unit: 'tube',
    atc: 'S01AA09',
    minStock: 40,
  },
  chlorhexidine: {
    name: 'Chlorhexidine',
    strength: '5 %',
    form: 'solution',
    route: 'topical',
    unit: 'bottle',
    atc: 'D08AC02',
    minStock: 10,
    adult: once(1),
  },
  oxytocin: { name: 'Oxytocin', strength: '10 IU in 1 mL', ...injection, atc: 'H01BB02', minStock: 20, cold: true },
  diazepam: {
    name: 'Diazepam',
    strength: '5 mg in 1 mL, 2 mL',
    ...injection,
    atc: 'N05BA01',
    minStock: 10,
    controlled: true,
  },
} as const satisfies Record<string, DemoMedicine>;
export type MedicineKey = keyof typeof MEDICINES;
