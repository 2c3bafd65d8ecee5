import { FAMILY_NAMES, GIVEN_NAMES, type NameEntry, PLACES } from '../../app/server/demo/names.ts';
import { addDays, type PartialDate } from '../../lib/domain/calendar-date.ts';
import { createIdSource } from '../../lib/domain/identity.ts';

/** The fields of a patient (data.md §3.2), envelope left out. */
export type GeneratedPatient = {
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly otherNames: string | null;
  readonly birthDate: PartialDate | null;
  readonly birthDateEstimated: boolean;
  readonly sex: 'female' | 'male';
  readonly phone: string | null;
  readonly phone2: string | null;
  readonly country: string;
  readonly region: string;
  readonly village: string;
  readonly camp: string | null;
  readonly address: string;
  readonly citizenship: string;
  readonly governmentId: string | null;
  readonly externalId: string | null;
  readonly guardianName: string | null;
  readonly guardianPhone: string | null;
  readonly guardianRelation: string | null;
  readonly language: string;
  readonly bloodGroup: string | null;
  readonly homeClinicId: string;
  readonly attributes: Readonly<Record<string, string | boolean | number>>;
  readonly registrationVersionId: string | null;
  readonly mergedIntoId: null;
};

/** Numbers in [0, 1) from a seed: mulberry32, public domain. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

type Dice = {
  readonly chance: (share: number) => boolean;
  readonly below: (limit: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
  readonly digits: (count: number) => string;
};

const diceOf = (random: () => number): Dice => {
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    below,
    chance: (share) => random() < share,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    digits: (count) => Array.from({ length: count }, () => below(10)).join(''),
  };
};

const SYLLABLES = ['ba', 'do', 'ki', 'ra', 'sen', 'tou', 'ma', 'li', 'gu', 'zo', 'ne', 'fa', 'chi', 'wa', 'ye', 'mbo'];
const FAMILIES_BY_SCRIPT = {
  arabic: FAMILY_NAMES.filter((name) => name.arabic !== null),
  latin: FAMILY_NAMES,
} as const;

// Real lists have a long tail: a fifth of the families are rare ones.
const familyOf = (dice: Dice, arabic: boolean): string => {
  const entry = dice.pick(FAMILIES_BY_SCRIPT[arabic ? 'arabic' : 'latin']);
  if (arabic) return entry.arabic ?? entry.latin;
  if (!dice.chance(0.2)) return spelled(dice, entry);
  const made = Array.from({ length: 2 + dice.below(3) }, () => dice.pick(SYLLABLES)).join('');
  return made.slice(0, 1).toUpperCase() + made.slice(1);
};

const spelled = (dice: Dice, entry: NameEntry): string => dice.pick([entry.latin, ...entry.spellings]);

const GIVEN = {
  female: GIVEN_NAMES.filter((name) => name.sex === 'female'),
  male: GIVEN_NAMES.filter((name) => name.sex === 'male'),
} as const;
const givenOf = (dice: Dice, sex: 'female' | 'male', arabic: boolean): string => {
  const entry = dice.pick(arabic ? GIVEN[sex].filter((name) => name.arabic !== null) : GIVEN[sex]);
  return arabic ? (entry.arabic ?? entry.latin) : spelled(dice, entry);
};

const maybe = <T>(dice: Dice, share: number, make: () => T): T | null => (dice.chance(share) ? make() : null);

const CLINICS = ['018f3a5e-0000-7000-8000-000000000001', '018f3a5e-0000-7000-8000-000000000002'] as const;
const VERSION = '018f3a5e-0000-7000-8000-00000000f001';
const YOUNGEST = '2026-11-01';

const birthOf = (dice: Dice) => {
  const day = addDays(YOUNGEST, -dice.below(90 * 365));
  const birthDateEstimated = dice.chance(0.15);
  const shown = birthDateEstimated ? day.slice(0, dice.chance(0.7) ? 4 : 7) : day;
  return { day, birthDate: dice.chance(0.02) && !birthDateEstimated ? null : shown, birthDateEstimated };
};

const personOf = (dice: Dice, id: string): GeneratedPatient => {
  const arabic = dice.chance(0.3);
  const sex = dice.chance(0.55) ? 'female' : 'male';
  const birth = birthOf(dice);
  const isChild = birth.day > addDays(YOUNGEST, -16 * 365);
  const familyName = familyOf(dice, arabic);
  const phone = () => `${dice.pick(['+249 9', '+962 7', '0', '00502 '])}${dice.digits(8)}`;
  return {
    id,
    givenName: givenOf(dice, sex, arabic),
    familyName,
    otherNames: maybe(dice, 0.5, () => givenOf(dice, 'male', arabic)),
    birthDate: birth.birthDate,
    birthDateEstimated: birth.birthDateEstimated && birth.birthDate !== null,
    sex,
    phone: maybe(dice, 0.7, phone),
    phone2: maybe(dice, 0.1, phone),
    country: dice.pick(['SD', 'JO', 'LB', 'GT', 'CI', 'BF']),
    region: dice.pick(['North', 'South', 'East', 'West']),
    village: dice.pick(PLACES),
    camp: maybe(dice, 0.4, () => `Camp ${1 + dice.below(9)}`),
    address: `Sector ${1 + dice.below(20)}, shelter ${dice.digits(4)}`,
    citizenship: dice.pick(['SD', 'SY', 'GT', 'ML', 'stateless']),
    governmentId: maybe(dice, 0.6, () => dice.digits(10)),
    externalId: maybe(dice, 0.4, () => `${dice.digits(3)}-${dice.digits(2)}C${dice.digits(5)}`),
    guardianName: isChild ? `${givenOf(dice, 'female', arabic)} ${familyName}` : null,
    guardianPhone: isChild ? maybe(dice, 0.6, phone) : null,
    guardianRelation: isChild ? 'mother' : null,
    language: arabic ? 'ar' : dice.pick(['en', 'fr', 'es']),
    bloodGroup: maybe(dice, 0.2, () => dice.pick(['O-positive', 'A-positive', 'B-positive', 'O-negative'])),
    homeClinicId: dice.pick(CLINICS),
    attributes: {
      householdSize: 1 + dice.below(11),
      arrivedFrom: dice.pick(PLACES),
      registeredElsewhere: dice.chance(0.2),
      occupation: dice.pick(['farmer', 'student', 'teacher', 'none']),
    },
    registrationVersionId: VERSION,
    mergedIntoId: null,
  };
};

/** `count` believable patients, always the same for a seed: 30 % Arabic script, 15 % estimated birth dates. */
export const aPatientList = (seed: number, count: number): readonly GeneratedPatient[] => {
  const random = seededRandom(seed);
  const dice = diceOf(random);
  let now = Date.UTC(2025, 0, 1);
  const nextId = createIdSource({
    now: () => (now += 1 + dice.below(60_000)),
    random: (bytes) => Uint8Array.from({ length: bytes }, () => dice.below(256)),
  });
  return Array.from({ length: count }, () => personOf(dice, nextId()));
};
