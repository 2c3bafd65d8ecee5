import { put } from '../../../lib/domain/command.ts';
import { formVersionId } from '../../../lib/domain/form/publish-form.ts';
import { registerPatient } from '../../../lib/domain/patient/register-patient.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { REGISTRATION_FORM } from '../built-in-form-list.ts';
import type { DemoWorld } from './demo-world.ts';
import type { Dice } from './dice.ts';
import { GIVEN_NAMES, PLACES } from './names.ts';
import { agedYears, type Person, toldBirth } from './people.ts';
import { CAMP_NORTH, deskOf, nurseOf } from './staff.ts';

/** Minutes after opening, so that whoever is registered is seen afterwards. */
function registrationTime(world: DemoWorld, person: Person, index: number): number {
  return world.calendar.at(person.registeredDaysAgo, 7, index % 60);
}

/** Registers everybody with the camp's form, and records the deaths. */
export function registerPeople(world: DemoWorld, people: readonly Person[]): void {
  const campForm = formVersionId(REGISTRATION_FORM, 2);
  people.forEach((person, index) => {
    const day = world.calendar.dayOf(person.registeredDaysAgo);
    const filled = { answers: answersOf(world.dice, person, day), entered: {}, missing: {} };
    const input = { patientId: person.id, formVersionId: campForm, filled };
    world.run(registerPatient, input, deskOf(person.clinicId), registrationTime(world, person, index));
  });
  for (const person of people) if (person.diedDaysAgo !== null) recordDeath(world, person, person.diedDaysAgo);
}

/** The family tells a few days later; the day is not always known. */
function recordDeath(world: DemoWorld, person: Person, daysAgo: number): void {
  const day = world.calendar.dayOf(daysAgo);
  const deceasedOn = world.dice.chance(0.3) ? day.slice(0, 7) : day;
  const death = put('patients', person.id, { death: { deceasedOn, deceasedCause: null } });
  world.edit(nurseOf(person.clinicId), world.calendar.at(Math.max(daysAgo - 3, 1), 10, 30), death);
}

const CAMPS = ['Camp North', 'Camp South'];

function answersOf(dice: Dice, person: Person, day: string): Record<string, Json> {
  const years = agedYears(person, day);
  const inCamp = person.clinicId === CAMP_NORTH;
  const maybe = (share: number, value: Json): Json => (dice.chance(share) ? value : null);
  const answers: Record<string, Json> = {
    givenName: person.givenName,
    familyName: person.familyName,
    otherNames: maybe(0.5, nameOf(dice, 'male', person.arabic)),
    birthDate: toldBirth(person, day),
    sex: person.sex,
    phone: maybe(years < 12 ? 0.3 : 0.7, `+962 70${dice.digits(1)} ${dice.digits(3)} ${dice.digits(3)}`),
    village: dice.pick(PLACES),
    camp: inCamp ? dice.pick(CAMPS) : null,
    guardianName: years < 16 ? `${nameOf(dice, 'female', person.arabic)} ${person.familyName}` : null,
    citizenship: dice.pick(['SY', 'SD', 'GT', 'CI', 'BF', 'CD']),
    governmentId: maybe(0.5, dice.digits(10)),
    externalId: maybe(0.4, `${dice.digits(3)}-${dice.digits(2)}C${dice.digits(5)}`),
    shelter: inCamp ? `${dice.pick(['A', 'B', 'C', 'D'])}${dice.between(1, 40)}-${dice.between(1, 12)}` : null,
    householdSize: dice.between(1, 11),
    arrivedOn: maybe(
      0.8,
      `${Number(day.slice(0, 4)) - dice.between(1, 4)}-${String(dice.between(1, 12)).padStart(2, '0')}`,
    ),
    occupation: occupationOf(dice, years),
    needsHelpWalking: years > 70 ? dice.chance(0.4) : years > 5 ? dice.chance(0.03) : null,
  };
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== null));
}

function occupationOf(dice: Dice, years: number): string | null {
  if (years < 6) return null;
  if (years < 17) return 'student';
  return dice.pick(['none', 'none', 'farmer', 'trader', 'teacher', 'student']);
}

function nameOf(dice: Dice, sex: 'female' | 'male', arabic: boolean): string {
  const names = GIVEN_NAMES.filter((one) => one.sex === sex && (!arabic || one.arabic !== null));
  const name = dice.pick(names);
  return arabic ? name.arabic! : name.latin;
}
