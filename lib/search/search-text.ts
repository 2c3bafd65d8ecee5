import { humanCode } from '../domain/human-code.ts';
import { asciiDigits } from '../text/digits.ts';
import { fold, foldedWords } from './fold.ts';
import { indexedNameWords, nameWords } from './name-words.ts';
import type { PatientSummary } from './patient-summary.ts';
import { soundOf } from './skeleton.ts';

/** Bump when `searchText` gives another text for the same patient: rows of an older format are written again. */
export const SEARCH_TEXT_FORMAT = 1;

/** Marks a word that is only a sound, so that no letters are taken for it. */
const SOUND = '~';

/**
 * Everything a patient is found by at the server, as words between blanks: folded names, ids, phones, places, guardian,
 * the human code, and after `~` how each name sounds. Made for `like '% word%'` over a trigram index.
 */
export function searchText(patient: PatientSummary): string {
  const names = [patient.givenName, patient.familyName, patient.otherNames, patient.guardianName];
  const nameParts = names.flatMap((name) => (name === null ? [] : [...indexedNameWords(name)]));
  const numbers = [...patient.phones.map(digitsOf), ...patient.ids.map((id) => fold(id).replaceAll(' ', ''))];
  const rest = [...patient.phones, ...patient.ids, ...patient.places, ...patient.extra].flatMap(foldedWords);
  const words = [...nameParts, ...numbers, ...rest, humanCode(patient.id), ...patient.cardCodes];
  const sounds = nameParts.flatMap(soundsOf).map((sound) => `${SOUND}${sound}`);
  return ` ${[...new Set([...words, ...sounds])].filter((word) => word !== '').join(' ')} `;
}

/** One word of a query, as patterns for LIKE. */
export interface SearchWord {
  readonly word: string;
  /** Any of these is a hit. */
  readonly patterns: readonly string[];
  /** The whole word stands there: ranked before what only begins with it. */
  readonly exact: string;
}

/** Words beyond these add nothing but work. */
const MAX_WORDS = 8;
const MAX_QUERY = 200;

/** What a query asks for: each word must be found. Only digits, however grouped, are one number. */
export function searchWords(query: string): SearchWord[] {
  const cut = query.slice(0, MAX_QUERY);
  const number = fold(cut).replaceAll(' ', '');
  const words = /^\d+$/.test(number) ? [number] : [...new Set(nameWords(cut))];
  return words.slice(0, MAX_WORDS).map((word) => ({ word, patterns: patternsOf(word), exact: `% ${word} %` }));
}

function patternsOf(word: string): string[] {
  // Ids and telephones are known by their end as often as by their beginning; two digits would be everywhere.
  if (/^\d{3,}$/.test(word)) return [`%${word}%`];
  const sounds = word.length < 3 ? [] : soundsOf(word);
  return [`% ${word}%`, ...sounds.map((sound) => `% ${SOUND}${sound} %`)];
}

/** A single consonant sounds like too many names. */
function soundsOf(word: string): string[] {
  return [...new Set(soundOf(word).skeletons)].filter((sound) => sound.length > 1);
}

function digitsOf(phone: string): string {
  return asciiDigits(phone).replace(/\D/g, '');
}
