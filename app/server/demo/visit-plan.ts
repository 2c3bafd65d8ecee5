import type { DemoWorld } from './demo-world.ts';
import { type IllnessKey, illnessesAt } from './illnesses.ts';
import { agedYears, type Person } from './people.ts';

export const VISITS = 420;
export const EVENTS = 600;
const CHRONICALLY_ILL = 13;
/** Completed weeks of pregnancy at which women are asked to come. */
const CONTACTS = [10, 16, 20, 24, 28, 32, 36, 38] as const;
/** Minutes before the demo is made: when today's patients came. The last two still wait. */
export const TODAY_MINUTES_AGO = [240, 200, 120, 70, 40, 20] as const;

/** One coming of somebody, before anything is written down. */
export interface PlannedVisit {
  readonly person: Person;
  readonly daysAgo: number;
  readonly purpose: 'first' | 'again' | 'chronic' | 'antenatal' | 'emergency';
  readonly illness: IllnessKey;
  /** Completed weeks, for `antenatal`. */
  readonly weeks: number | null;
}

/** Exactly so many visits over fourteen months, nobody twice on a day and nobody after death. Oldest first. */
export function planVisits(world: DemoWorld, people: readonly Person[]): PlannedVisit[] {
  const plan = new VisitPlan(world);
  for (const person of people) if (person.lastPeriodDaysAgo !== null) plan.antenatal(person, person.lastPeriodDaysAgo);
  const others = people.filter((one) => one.lastPeriodDaysAgo === null);
  for (const person of others) {
    if (person.isSecondSpelling || world.dice.chance(0.82)) plan.add(person, person.registeredDaysAgo, 'first');
  }
  const elders = others.filter((one) => agedYears(one, world.calendar.dayOf(0)) >= 45 && !one.isSecondSpelling);
  for (const person of elders.slice(0, CHRONICALLY_ILL)) plan.chronic(person);
  plan.today(others);
  plan.fill(others);
  return plan.visits.sort((left, right) => right.daysAgo - left.daysAgo);
}

class VisitPlan {
  readonly visits: PlannedVisit[] = [];
  readonly #taken = new Set<string>();
  readonly #world: DemoWorld;

  constructor(world: DemoWorld) {
    this.#world = world;
  }

  add(
    person: Person,
    daysAgo: number,
    purpose: PlannedVisit['purpose'],
    illness = this.#illness(person, daysAgo),
  ): boolean {
    return this.#put({ person, daysAgo, purpose, illness, weeks: null });
  }

  antenatal(person: Person, lastPeriodDaysAgo: number): void {
    for (const weeks of CONTACTS) {
      const daysAgo = lastPeriodDaysAgo - weeks * 7 - this.#world.dice.below(6);
      if (daysAgo > 0) this.#put({ person, daysAgo, purpose: 'antenatal', illness: 'pregnancy', weeks });
    }
  }

  /** Every month or so for as long as the clinic knows the patient. */
  chronic(person: Person): void {
    const { dice } = this.#world;
    const illness = dice.pick<IllnessKey>(['hypertension', 'hypertension', 'diabetes']);
    const last = Math.max(person.diedDaysAgo ?? 0, 1);
    let visits = 0;
    for (let daysAgo = person.registeredDaysAgo - 30; daysAgo > last && visits < 6; daysAgo -= dice.between(28, 70)) {
      if (this.add(person, daysAgo, 'chronic', illness)) visits += 1;
    }
  }

  today(people: readonly Person[]): void {
    const { dice } = this.#world;
    const known = dice.shuffled(people.filter((one) => one.registeredDaysAgo > 20 && one.diedDaysAgo === null));
    for (const person of known.slice(0, TODAY_MINUTES_AGO.length)) this.add(person, 0, 'again');
  }

  /** Children come back most. */
  fill(people: readonly Person[]): void {
    const { dice, calendar } = this.#world;
    const children = people.filter((one) => agedYears(one, calendar.dayOf(0)) < 5 && one.registeredDaysAgo > 14);
    const anybody = people.filter((one) => one.registeredDaysAgo > 14 && !one.isSecondSpelling);
    while (this.visits.length < VISITS) {
      const person = dice.pick(dice.chance(0.75) ? children : anybody);
      const last = Math.max(person.diedDaysAgo ?? 0, 1);
      const daysAgo = dice.between(last, person.registeredDaysAgo - 3);
      const grown = agedYears(person, calendar.dayOf(daysAgo)) >= 15;
      this.add(person, daysAgo, grown && dice.chance(0.6) ? 'emergency' : 'again');
    }
  }

  #illness(person: Person, daysAgo: number): IllnessKey {
    const { dice, calendar } = this.#world;
    const years = agedYears(person, calendar.dayOf(daysAgo));
    return years < 5 && dice.chance(0.3) ? 'wellChild' : dice.pick(illnessesAt(years));
  }

  #put(visit: PlannedVisit): boolean {
    const { person, daysAgo } = visit;
    const key = `${person.id}/${daysAgo}`;
    const alive = person.diedDaysAgo === null || daysAgo > person.diedDaysAgo;
    const known = daysAgo >= 0 && daysAgo <= person.registeredDaysAgo && alive;
    if (!known || this.#taken.has(key) || this.visits.length >= VISITS) return false;
    this.#taken.add(key);
    this.visits.push(visit);
    return true;
  }
}
