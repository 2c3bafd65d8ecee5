import { daysBetween } from '../../../lib/domain/calendar-date.ts';
import type { Dice } from './dice.ts';
import { agedYears, type Person } from './people.ts';

/**
 * Believable sizes for made-up people: rounded, for a demonstration only. Nothing here is a reference to judge a child
 * by; those are in lib/clinical, with their sources.
 */
const KG_BY_MONTHS = [
  ...([
    [0, 3.3],
    [3, 6.1],
    [6, 7.7],
    [12, 9.3],
    [24, 11.9],
    [36, 14],
    [48, 16],
    [60, 18],
  ] as const),
  ...([
    [96, 25],
    [120, 31],
    [144, 39],
    [168, 49],
    [192, 56],
    [216, 60],
  ] as const),
] as const;
const CM_BY_MONTHS = [
  ...([
    [0, 50],
    [3, 60.5],
    [6, 66.5],
    [12, 75],
    [24, 86.5],
    [36, 95],
    [48, 102.5],
    [60, 109],
  ] as const),
  ...([
    [96, 127],
    [120, 138],
    [144, 149],
    [168, 159],
    [192, 164],
    [216, 166],
  ] as const),
] as const;

function along(table: readonly (readonly [number, number])[], months: number): number {
  const after = table.findIndex(([at]) => at > months);
  if (after < 0) return table.at(-1)![1];
  const [fromAt, from] = table[after - 1]!;
  const [toAt, to] = table[after]!;
  return from + ((to - from) * (months - fromAt)) / (toAt - fromAt);
}

/** What does not change between visits: how big somebody is for the age, whether the pressure is high, the family. */
export interface Build {
  readonly weightShare: number;
  readonly heightShare: number;
  readonly hypertensive: boolean;
  readonly weanedMonths: number;
  readonly siblingYears: readonly number[];
}

/** What was measured at one visit, whichever form it is written in. */
export interface Findings {
  readonly weight: number;
  readonly height: number;
  readonly temperature: number;
  readonly pulse: number;
  readonly breaths: number;
  readonly systolic: number;
  readonly diastolic: number;
}

export function makeBuild(dice: Dice, hypertensive: boolean): Build {
  return {
    weightShare: dice.within(0.88, 1.1, 3),
    heightShare: dice.within(0.965, 1.035, 3),
    hypertensive,
    weanedMonths: dice.between(9, 25),
    siblingYears: Array.from({ length: dice.below(4) }, () => dice.between(0, 14)),
  };
}

/** `weeks` of a pregnancy: she gains weight, and a pressure that tends to rise does so late. */
export function findingsOf(
  dice: Dice,
  { person, build, day }: { person: Person; build: Build; day: string },
  { fever, short }: { fever: boolean; short: boolean },
  weeks: number | null,
): Findings {
  const years = agedYears(person, day);
  const gained = weeks === null ? 0 : Math.max(0, weeks - 12) * 0.38;
  return {
    weight: Number((weightKg(dice, person, build, day) + gained).toFixed(1)),
    height: heightCm(person, build, day),
    temperature: temperature(dice, fever),
    pulse: pulse(dice, years, fever),
    breaths: breaths(dice, years, short),
    ...(weeks === null ? pressure(dice, build.hypertensive) : pressureInPregnancy(dice, build, weeks)),
  };
}

function pressureInPregnancy(dice: Dice, build: Build, weeks: number) {
  if (!build.hypertensive || weeks < 28) return pressure(dice, false);
  return { systolic: dice.between(142, 152), diastolic: dice.between(90, 96) };
}

export function ageMonths(person: Person, day: string): number {
  return daysBetween(person.bornOn, day) / 30.4375;
}

function weightKg(dice: Dice, person: Person, build: Build, day: string): number {
  const adult = agedYears(person, day) >= 18 ? 1.06 : 1;
  const middle = along(KG_BY_MONTHS, ageMonths(person, day)) * build.weightShare * adult;
  return Number((middle * dice.within(0.99, 1.01, 4)).toFixed(1));
}

function heightCm(person: Person, build: Build, day: string): number {
  const grown = person.sex === 'male' && agedYears(person, day) >= 16 ? 1.04 : 0.98;
  const share = agedYears(person, day) >= 14 ? grown : 1;
  return Number((along(CM_BY_MONTHS, ageMonths(person, day)) * build.heightShare * share).toFixed(1));
}

function pulse(dice: Dice, years: number, fever: boolean): number {
  const [from, to] = years < 1 ? [118, 145] : years < 5 ? [95, 125] : years < 12 ? [80, 110] : [62, 94];
  return dice.between(from!, to!) + (fever ? dice.between(8, 20) : 0);
}

function breaths(dice: Dice, years: number, short: boolean): number {
  const [from, to] = years < 1 ? [32, 44] : years < 5 ? [24, 34] : years < 12 ? [18, 26] : [13, 19];
  return dice.between(from!, to!) + (short ? dice.between(9, 16) : 0);
}

function pressure(dice: Dice, hypertensive: boolean): { systolic: number; diastolic: number } {
  if (hypertensive) return { systolic: dice.between(136, 168), diastolic: dice.between(84, 102) };
  return { systolic: dice.between(104, 132), diastolic: dice.between(64, 82) };
}

function temperature(dice: Dice, fever: boolean): number {
  return fever ? dice.within(38, 39.8) : dice.within(36.2, 37.3);
}
