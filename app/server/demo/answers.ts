import { addDays } from '../../../lib/domain/calendar-date.ts';
import type { FilledForm } from '../../../lib/form/filled-form.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { ageMonths, type Build, type Findings } from './body.ts';
import type { DemoWorld } from './demo-world.ts';
import { ILLNESSES, type Illness, type IllnessKey } from './illnesses.ts';
import { type DemoMedicine, MEDICINES, type MedicineKey } from './medicine-list.ts';
import { medicineId } from './medicines.ts';
import { agedYears, type Person } from './people.ts';

/**
 * Answers to the forms of the demo, as somebody would give them. Answers to questions that are hidden, or not in the
 * form's version, are given too: the form engine leaves them out.
 */
export interface Seen {
  readonly person: Person;
  readonly build: Build;
  readonly day: string;
  readonly illness: IllnessKey;
  readonly findings: Findings;
}

const ICD_10 = 'http://hl7.org/fhir/sid/icd-10';
export const HOSPITAL = 'Regional hospital';

export function illnessOf({ illness }: Seen): Illness {
  return ILLNESSES[illness];
}

export function filledWith(answers: Record<string, Json>): FilledForm {
  return { answers, entered: {}, missing: {} };
}

export function consultationAnswers(world: DemoWorld, seen: Seen): FilledForm {
  const { dice } = world;
  const { person, day, findings } = seen;
  const { temperature, pulse, weight, systolic, diastolic, breaths } = findings;
  const { complaint, symptoms, fever, short = false, planned = false } = illnessOf(seen);
  const grave = short && dice.chance(0.12);
  const ill = fever || (!planned && dice.chance(0.3));
  const startKnown = dice.chance(0.85);
  const answers = {
    complaint: person.arabic ? complaint.ar : complaint.en,
    symptoms: [...symptoms],
    fever,
    feverDays: dice.between(1, 5),
    ...{ temperature, pulse, weight, breaths },
    condition: grave ? 'severely-ill' : ill ? 'ill' : 'good',
    malariaTest: seen.illness === 'malaria' ? 'positive' : 'negative',
    ...(agedYears(person, day) >= 15 ? { systolic, diastolic } : {}),
    oxygen: short ? dice.between(90, 95) : dice.between(96, 100),
    ...(startKnown && !planned ? { onset: addDays(day, -dice.between(1, 6)) } : {}),
    ...assessmentOf(world, seen, 'plan'),
    ...{ referred: grave, referredTo: HOSPITAL },
  };
  return { ...filledWith(answers), missing: startKnown || planned ? {} : { onset: 'unknown' } };
}

/** What every form ends with: diagnosis, medicines, notes. */
export function assessmentOf(world: DemoWorld, seen: Seen, notes: 'plan' | 'notes'): Record<string, Json> {
  const { diagnosis, medicines, plan } = illnessOf(seen);
  const named = {
    order: 1,
    system: ICD_10,
    ...diagnosis,
    certainty: world.dice.chance(0.7) ? 'confirmed' : 'provisional',
  };
  const adult = agedYears(seen.person, seen.day) >= 15;
  const given = (adult ? medicines.filter((key) => key !== 'zinc') : medicines).map(
    (key, index) => [world.newId(), medicineRow(key, index + 1, adult)] as const,
  );
  return {
    diagnosis: { [world.newId()]: named },
    ...(given.length === 0 ? {} : { treatment: Object.fromEntries(given) }),
    [notes]: plan,
  };
}

/** No dose is made up for children: theirs go by weight. */
function medicineRow(key: MedicineKey, order: number, adult: boolean): Record<string, Json> {
  const { name, strength, form, route, unit, adult: usual }: DemoMedicine = MEDICINES[key];
  const row = { order, medicineId: medicineId(key), text: `${name} ${strength} ${form}` };
  if (!adult || usual === undefined) return row;
  const { amount, frequency, days } = usual;
  const dose = { doseAmount: amount, doseUnit: unit, frequency, durationValue: days, durationUnit: 'day', route };
  return { ...row, ...dose };
}

export function childAnswers(world: DemoWorld, seen: Seen): FilledForm {
  const { dice } = world;
  const { person, build, day, findings } = seen;
  const { weight, height, temperature, breaths } = findings;
  const illness = illnessOf(seen);
  return filledWith({
    ...{ weight, height, temperature, breaths },
    heightMethod: agedYears(person, day) < 2 ? 'lying' : 'standing',
    muac: dice.chance(0.06) ? dice.within(11.8, 12.4) : dice.within(12.6, 16.4),
    oedema: false,
    vitaminA: dice.pick([true, true, false, 'unsure']),
    dangerSigns: ['none'],
    signs: [...illness.signs],
    diarrhoeaDays: dice.between(1, 6),
    bloodInStool: dice.chance(0.1),
    breastfed: ageMonths(person, day) < build.weanedMonths,
    ...siblingsOf(world, build),
    ...assessmentOf(world, seen, 'notes'),
    referred: false,
    ...(illness.short === true ? { returnOn: addDays(day, 2) } : {}),
  });
}

function siblingsOf({ dice, newId }: DemoWorld, { siblingYears }: Build): Record<string, Json> {
  const rows = siblingYears.map((age, index) => {
    const coughs = dice.chance(0.15);
    const row = { order: index + 1, age, coughs };
    return [newId(), coughs ? { ...row, coughWeeks: dice.between(1, 3) } : row] as const;
  });
  return rows.length === 0 ? {} : { siblings: Object.fromEntries(rows) };
}
