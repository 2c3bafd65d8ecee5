import { FAMILY_NAMES, GIVEN_NAMES, type NameEntry } from '../../app/server/demo/names.ts';
import { type GeneratedPatient, seededRandom } from './generate-patients.ts';

/** A query and what the patient that was meant looks like. */
export type SearchQuery = { readonly text: string; readonly meant: GeneratedPatient };

export type QuerySet = (patients: readonly GeneratedPatient[], seed: number, count: number) => readonly SearchQuery[];

const drawn =
  (write: (patient: GeneratedPatient, random: () => number) => string | null): QuerySet =>
  (patients, seed, count) => {
    const random = seededRandom(seed);
    const queries: SearchQuery[] = [];
    while (queries.length < count) {
      const meant = patients[Math.floor(random() * patients.length)];
      const text = meant ? write(meant, random) : null;
      if (meant && text !== null) queries.push({ text, meant });
    }
    return queries;
  };

const firstWord = (name: string): string => name.split(/[\s-]/).find((word) => word.length > 2) ?? name;

/** First four letters of both names, in either order. */
export const prefixQueries: QuerySet = drawn(({ givenName, familyName }, random) => {
  const parts = [givenName.slice(0, 4).trim(), familyName.slice(0, 4).trim()];
  return (random() < 0.5 ? parts : parts.reverse()).join(' ');
});

const mistype = (name: string, random: () => number): string => {
  const at = 1 + Math.floor(random() * (name.length - 1));
  const letter = /[a-z]/i.test(name) ? 'abcdefghiklmnorstuwy' : 'ابتجحدرسعفقكلمنهوي';
  const other = letter[Math.floor(random() * letter.length)] ?? 'a';
  const kind = Math.floor(random() * 4);
  if (kind === 0) return name.slice(0, at) + other + name.slice(at + 1);
  if (kind === 1) return name.slice(0, at) + name.slice(at + 1);
  if (kind === 2) return name.slice(0, at) + other + name.slice(at);
  return name.slice(0, at - 1) + name[at] + name[at - 1] + name.slice(at + 1);
};

/** One mistake (wrong, missing, added or swapped letter) in each name of four letters or more. */
export const typoQueries: QuerySet = drawn(({ givenName, familyName }, random) => {
  const [given, family] = [firstWord(givenName), firstWord(familyName)];
  return given.length < 4 || family.length < 4 ? null : `${mistype(given, random)} ${mistype(family, random)}`;
});

const spellings = (entry: NameEntry): string[] => [
  entry.latin,
  ...entry.spellings,
  ...(entry.arabic ? [entry.arabic] : []),
];
const otherSpelling = (name: string, list: readonly NameEntry[], random: () => number): string | null => {
  const entry = list.find((candidate) => spellings(candidate).includes(name));
  if (!entry?.arabic) return null;
  const wasArabic = name === entry.arabic;
  const others = wasArabic ? [entry.latin, ...entry.spellings] : [entry.arabic];
  return others[Math.floor(random() * others.length)] ?? null;
};

/** Both names in the other script. */
export const transliteratedQueries: QuerySet = drawn(({ givenName, familyName }, random) => {
  const given = otherSpelling(givenName, GIVEN_NAMES, random);
  const family = otherSpelling(familyName, FAMILY_NAMES, random);
  return given && family ? `${given} ${family}` : null;
});

/** The last four digits of the phone and the first letters of the given name. */
export const phoneQueries: QuerySet = drawn(({ phone, givenName }) =>
  phone ? `${givenName.slice(0, 3).trim()} ${phone.slice(-4)}` : null,
);

/** Five characters from inside an identifier. */
export const insideIdQueries: QuerySet = drawn(({ governmentId }) => governmentId?.slice(3, 8) ?? null);

/** The first one or two letters, as they are typed. */
export const firstLetterQueries: QuerySet = drawn(({ givenName }, random) =>
  givenName.slice(0, random() < 0.5 ? 1 : 2),
);
