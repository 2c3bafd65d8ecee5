import { addDays, birthDateFromAge, daysBetween, monthsBetween } from '../../../lib/domain/calendar-date.ts';
import type { DemoWorld } from './demo-world.ts';
import type { Dice } from './dice.ts';
import { FAMILY_NAMES, GIVEN_NAMES, type NameEntry } from './names.ts';
import { CAMP_NORTH, MOBILE_TEAM } from './staff.ts';

export const PATIENTS = 200;
const ARABIC_NAMES = 60;
const ESTIMATED_BIRTHS = 30;
const SPELLED_TWICE = 3;
const DECEASED = 5;
const MOTHERS_TO_BE = 13;
const SEEN_FOR_DAYS = 420;

/** How many people of which age: from and to in completed years. */
const AGES: readonly (readonly [from: number, to: number, people: number])[] = [
  [0, 4, 46],
  [5, 14, 38],
  [15, 49, 81],
  [50, 74, 26],
  [75, 90, 6],
];

/** A made-up person. `daysAgo` counts from the day on which the demo is made. */
export interface Person {
  readonly id: string;
  readonly sex: 'female' | 'male';
  /** The true day; what was registered may be less exact. */
  readonly bornOn: string;
  readonly estimated: boolean;
  readonly given: NameEntry;
  readonly family: NameEntry;
  readonly givenName: string;
  readonly familyName: string;
  readonly arabic: boolean;
  readonly clinicId: string;
  readonly registeredDaysAgo: number;
  readonly diedDaysAgo: number | null;
  /** First day of the last period before a pregnancy that the clinic follows. */
  readonly lastPeriodDaysAgo: number | null;
  readonly isSecondSpelling: boolean;
}

export function agedYears(person: Person, day: string): number {
  return Math.floor(monthsBetween(person.bornOn, day) / 12);
}

/** The birth date as it was told at registration. */
export function toldBirth(person: Person, day: string): { date: string; estimated: boolean } {
  if (!person.estimated) return { date: person.bornOn, estimated: false };
  const months = monthsBetween(person.bornOn, day);
  const date = birthDateFromAge({ years: Math.floor(months / 12), months: months % 12 }, day);
  return { date, estimated: true };
}

/** Everybody the clinics know, oldest registration first. */
export function makePeople(world: DemoWorld): Person[] {
  const { dice, calendar } = world;
  const ages = AGES.flatMap(([from, to, people]) => Array.from({ length: people }, () => [from, to] as const));
  const marks = dice.shuffled(ages.map((_, index) => index));
  const arabic = new Set(marks.slice(0, ARABIC_NAMES));
  const estimated = new Set(dice.shuffled(marks).slice(0, ESTIMATED_BIRTHS - 1));
  const dying = new Set(rangeFrom(ages.length - DECEASED - 8, DECEASED));
  const people = ages.map(([from, to], index) => {
    const years = index === 0 ? 0 : index === ages.length - 1 ? 90 : dice.between(from, to);
    const bornOn = index === 0 ? calendar.dayOf(24) : addDays(calendar.dayOf(0), -bornDaysAgo(dice, years));
    const mother = index >= 100 && index < 100 + MOTHERS_TO_BE;
    const marked = { arabic: arabic.has(index), estimated: estimated.has(index) };
    return makePerson(world, bornOn, { ...marked, dies: dying.has(index), mother });
  });
  const withSpellings = people.filter((one) => isTwin(one, calendar.dayOf(0)));
  const twins = withSpellings.slice(0, SPELLED_TWICE).map((one, index) => spelledAgain(world, one, index === 0));
  return [...people, ...twins].sort((left, right) => right.registeredDaysAgo - left.registeredDaysAgo);
}

function rangeFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** So many completed years and some days; the remaining days never complete another year. */
function bornDaysAgo(dice: Dice, years: number): number {
  return Math.ceil(years * 365.25) + 25 + dice.below(330);
}

interface Marks {
  readonly arabic: boolean;
  readonly estimated: boolean;
  readonly dies: boolean;
  readonly mother: boolean;
}

function makePerson({ dice, calendar, newId }: DemoWorld, bornOn: string, marks: Marks): Person {
  const sex = marks.mother || dice.chance(0.54) ? 'female' : 'male';
  const write = (list: readonly NameEntry[]) =>
    dice.pick(marks.arabic ? list.filter((one) => one.arabic !== null) : list);
  const given = write(GIVEN_NAMES.filter((one) => one.sex === sex));
  const family = write(FAMILY_NAMES);
  const spell = (one: NameEntry) => (marks.arabic ? one.arabic! : one.latin);
  const ageDays = daysBetween(bornOn, calendar.dayOf(0));
  const lastPeriodDaysAgo = marks.mother ? dice.between(80, 360) : null;
  const registered = Math.min(1 + Math.floor(SEEN_FOR_DAYS * Math.sqrt(dice.within(0, 1, 4))), ageDays);
  return {
    id: newId(),
    sex,
    bornOn: marks.mother ? addDays(calendar.dayOf(0), -dice.between(19 * 366, 38 * 365)) : bornOn,
    estimated: marks.estimated,
    given,
    family,
    givenName: spell(given),
    familyName: spell(family),
    arabic: marks.arabic,
    clinicId: dice.chance(0.28) && !marks.mother ? MOBILE_TEAM : CAMP_NORTH,
    registeredDaysAgo: marks.dies
      ? dice.between(300, SEEN_FOR_DAYS)
      : lastPeriodDaysAgo !== null
        ? Math.max(lastPeriodDaysAgo - 60, registered)
        : registered,
    diedDaysAgo: marks.dies ? dice.between(12, 200) : null,
    lastPeriodDaysAgo,
    isSecondSpelling: false,
  };
}

/** Somebody who may come to be registered twice: an adult whose names people write in several ways. */
function isTwin(one: Person, today: string): boolean {
  const spelled = one.given.spellings.length > 0 && one.family.spellings.length > 0;
  const plain = !one.arabic && !one.estimated && one.diedDaysAgo === null && one.lastPeriodDaysAgo === null;
  return spelled && plain && one.registeredDaysAgo > 60 && agedYears(one, today) >= 18;
}

function spelledAgain({ dice, newId }: DemoWorld, one: Person, estimated: boolean): Person {
  return {
    ...one,
    id: newId(),
    estimated,
    givenName: one.given.spellings[0]!,
    familyName: one.family.spellings[0]!,
    registeredDaysAgo: dice.between(5, one.registeredDaysAgo - 30),
    isSecondSpelling: true,
  };
}
