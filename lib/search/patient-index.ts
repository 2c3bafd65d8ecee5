import { humanCode } from '../domain/human-code.ts';
import { fold } from './fold.ts';
import { matchLetters, matchNumber, matchNumberEnd, type WordMatch } from './match-words.ts';
import { indexedNameWords, nameWords, wordForms } from './name-words.ts';
import type { PatientSummary, SearchField } from './patient-summary.ts';
import { readIndex, type SavedIndex, writeIndex } from './saved-index.ts';
import { createTally, type FoundPatient, postingOf } from './tally.ts';
import { createWordTable, hasDigit, type WordTable, withRoom } from './word-table.ts';

export type PatientIndex = {
  /** Adds a patient or replaces what was known of it. */
  readonly put: (summary: PatientSummary) => void;
  /** Forgets a patient; an unknown id is no error. */
  readonly remove: (id: string) => void;
  /** The best `limit` patients. An empty query finds nobody. */
  readonly search: (query: string, limit: number) => FoundPatient[];
  readonly size: () => number;
  /** Many patients were replaced or removed: the owner should build a new index from its summaries. */
  readonly isWorthRebuilding: () => boolean;
  /** Compact bytes for a sealed snapshot, read again by `loadPatientIndex`. */
  readonly save: () => Uint8Array;
  readonly byteLength: () => number;
};

/** More words than that are not a name. */
const MOST_WORDS = 8;
const joined = (text: string): string => fold(text).replaceAll(' ', '');

type Occurrence = readonly [word: string, field: SearchField];

const occurrencesOf = (patient: PatientSummary): Occurrence[] => {
  const named = (text: string | null, field: SearchField): Occurrence[] =>
    text === null ? [] : [...indexedNameWords(text)].map((word) => [word, field]);
  const numbered = (texts: readonly string[], field: SearchField): Occurrence[] =>
    texts.map((text) => [joined(text), field]);
  return [
    ...named(patient.givenName, 'given'),
    ...named(patient.familyName, 'family'),
    ...named(patient.otherNames, 'other'),
    ...numbered(patient.ids, 'id'),
    ...numbered(patient.phones, 'phone'),
    ...numbered([humanCode(patient.id), ...patient.cardCodes], 'code'),
    ...patient.places.flatMap((place) => named(place, 'place')),
    ...named(patient.guardianName, 'guardian'),
    ...patient.extra.flatMap((text) => named(text, 'extra')),
  ];
};

/** A query that is a number in groups (`0912 345 678`) is meant as one word. */
const queryWords = (query: string): readonly string[] => {
  const words = nameWords(query).slice(0, MOST_WORDS);
  const isOneNumber = words.length > 1 && words.every((word) => /^\d+$/.test(word));
  return isOneNumber ? [words.join('')] : words;
};

const bytesOfId = (id: string): number[] =>
  (id.replaceAll('-', '').match(/../g) ?? []).map((pair) => parseInt(pair, 16));
const idOfBytes = (bytes: Uint8Array): string => {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

const createIndex = (saved: SavedIndex | null): PatientIndex => {
  const letters = createWordTable(saved?.letters);
  const digits = createWordTable(saved?.digits);
  let ids = (saved?.ids ?? new Uint8Array(0)) as Uint8Array<ArrayBuffer>;
  let gone = (saved?.gone.slice() ?? new Uint8Array(0)) as Uint8Array<ArrayBuffer>;
  let slots = ids.length / 16;
  let goneCount = gone.reduce((sum, flag) => sum + flag, 0);
  let slotById: Map<string, number> | null = null;

  const idAt = (slot: number): string => idOfBytes(ids.subarray(slot * 16, slot * 16 + 16));
  // Only changes look an id up, so loading does not pay for the map.
  const slotsById = (): Map<string, number> => {
    if (slotById) return slotById;
    slotById = new Map();
    for (let slot = 0; slot < slots; slot += 1) if (!gone[slot]) slotById.set(idAt(slot), slot);
    return slotById;
  };

  const remove = (id: string): void => {
    const slot = slotsById().get(id);
    if (slot === undefined) return;
    gone[slot] = 1;
    goneCount += 1;
    slotsById().delete(id);
  };

  const put = (patient: PatientSummary): void => {
    remove(patient.id);
    slotsById().set(patient.id, slots);
    ids = withRoom(ids, (slots + 1) * 16);
    ids.set(bytesOfId(patient.id), slots * 16);
    gone = withRoom(gone, slots + 1);
    for (const [word, field] of occurrencesOf(patient)) {
      if (word === '') continue;
      (hasDigit(word) ? digits : letters).add(word, postingOf(slots, field));
    }
    slots += 1;
  };

  const matchesOf = (word: string): readonly [WordTable, WordMatch[]] => {
    if (!hasDigit(word)) return [letters, wordForms(word).flatMap((form) => matchLetters(letters, form))];
    return [digits, [...matchNumber(digits, word), ...(/^\d+$/.test(word) ? matchNumberEnd(digits, word) : [])]];
  };

  const search = (query: string, limit: number): FoundPatient[] => {
    const words = queryWords(query);
    if (words.length === 0 || limit < 1) return [];
    const tally = createTally(slots, gone, words.length);
    for (const [i, word] of words.entries()) tally.count(i, ...matchesOf(word));
    return tally.best(limit).map(({ slot, score }) => ({ id: idAt(slot), score, why: tally.why(slot) }));
  };

  return {
    put,
    remove,
    search,
    size: () => slots - goneCount,
    isWorthRebuilding: () => goneCount > 1000 && goneCount * 4 > slots,
    save: () =>
      writeIndex({
        letters: letters.usedArrays(),
        digits: digits.usedArrays(),
        ids: ids.subarray(0, slots * 16),
        gone: gone.subarray(0, slots),
      }),
    byteLength: () => letters.byteLength() + digits.byteLength() + ids.byteLength + gone.byteLength,
  };
};

export const createPatientIndex = (): PatientIndex => createIndex(null);

/** The index from bytes of `save`; null when they are of another format (build it from the summaries then). */
export const loadPatientIndex = (bytes: Uint8Array): PatientIndex | null => {
  const saved = readIndex(bytes);
  return saved === null ? null : createIndex(saved);
};
