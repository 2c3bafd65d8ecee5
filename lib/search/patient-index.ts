import { humanCode } from '../domain/human-code.ts';
import { fold } from './fold.ts';
import {
  MATCH_KINDS,
  type MatchKind,
  matchLetters,
  matchNumber,
  matchNumberEnd,
  type WordMatch,
} from './match-words.ts';
import { indexedNameWords, nameWords, wordForms } from './name-words.ts';
import { type PatientSummary, SEARCH_FIELDS, type SearchField } from './patient-summary.ts';
import { readIndex, type SavedIndex, writeIndex } from './saved-index.ts';
import { createWordTable, hasDigit, type WordTable, withRoom } from './word-table.ts';

export type FoundPatient = {
  readonly id: string;
  /** Comparable within one answer only. */
  readonly score: number;
  /** What answered each word of the query, in its order; null for a word that was not found (only in long queries). */
  readonly why: readonly ({ readonly field: SearchField; readonly match: MatchKind } | null)[];
};

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

const FIELD_BITS = 4;
/** More words than that are not a name. */
const MOST_WORDS = 8;
const FIELD_WEIGHT: Readonly<Record<SearchField, number>> = {
  given: 8,
  family: 8,
  other: 4,
  id: 4,
  phone: 2,
  code: 3,
  guardian: -8,
  place: -10,
  extra: -12,
};
const WEIGHTS = SEARCH_FIELDS.map((field) => FIELD_WEIGHT[field]);

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
      (hasDigit(word) ? digits : letters).add(word, (slots << FIELD_BITS) | SEARCH_FIELDS.indexOf(field));
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

type Tally = {
  readonly count: (index: number, table: WordTable, matches: readonly WordMatch[]) => void;
  readonly best: (limit: number) => { slot: number; score: number }[];
  readonly why: (slot: number) => FoundPatient['why'];
};

/** Adds up, per patient, the best answer to each word of the query. */
const createTally = (slots: number, gone: Uint8Array, words: number): Tally => {
  // Every word must be found; of three or more, one may be unknown (a village spelled otherwise) when nobody has all.
  const mayMiss = words >= 3 ? 1 : 0;
  const hits = new Uint8Array(slots);
  const total = new Uint16Array(slots);
  const names = new Uint8Array(slots);
  const answers = Array.from({ length: words }, () => new Uint16Array(slots));
  const touched: number[] = [];

  const count: Tally['count'] = (index, table, matches) => {
    const { heads, nexts, values } = table.arrays();
    const answer = answers[index] ?? new Uint16Array(slots);
    const changed: number[] = [];
    for (const { word, kind, score } of matches) {
      for (let at = heads[word] ?? -1; at >= 0; at = nexts[at] ?? -1) {
        const value = values[at] ?? 0;
        const slot = value >>> FIELD_BITS;
        if (gone[slot] || (hits[slot] ?? 0) < index - mayMiss) continue;
        const field = value & ((1 << FIELD_BITS) - 1);
        // Score, field and kind in 16 bits, so that the greatest number is the best answer: 9 bits score would not fit
        // beside both, so the score is halved.
        const weighted = Math.max(1, score + (WEIGHTS[field] ?? 0)) >>> 1;
        const packed = (weighted << 7) | (field << 3) | kind;
        const before = answer[slot] ?? 0;
        if (before === 0) changed.push(slot);
        if (packed > before) answer[slot] = packed;
      }
    }
    for (const slot of changed) settle(slot, answer[slot] ?? 0);
  };

  const settle = (slot: number, packed: number): void => {
    if (hits[slot] === 0) touched.push(slot);
    hits[slot] = (hits[slot] ?? 0) + 1;
    total[slot] = (total[slot] ?? 0) + (packed >>> 7);
    const field = (packed >>> 3) & 15;
    if (field <= 1) names[slot] = (names[slot] ?? 0) | (1 << field);
  };

  const bestOf = (limit: number, needed: number): { slot: number; score: number }[] => {
    const found: { slot: number; score: number }[] = [];
    for (const slot of touched) {
      if ((hits[slot] ?? 0) < needed) continue;
      const score = (total[slot] ?? 0) + (names[slot] === 3 ? 8 : 0);
      const last = found[found.length - 1];
      if (found.length >= limit && last && (score < last.score || (score === last.score && slot > last.slot))) continue;
      let at = found.length;
      while (at > 0 && isBefore(score, slot, found[at - 1])) at -= 1;
      found.splice(at, 0, { slot, score });
      if (found.length > limit) found.pop();
    }
    return found;
  };

  return {
    count,
    best: (limit) => {
      const all = bestOf(limit, words);
      return all.length > 0 || mayMiss === 0 ? all : bestOf(limit, words - 1);
    },
    why: (slot) => answers.map((answer) => explained(answer[slot] ?? 0)),
  };
};

const isBefore = (score: number, slot: number, other: { slot: number; score: number } | undefined): boolean =>
  other !== undefined && (score > other.score || (score === other.score && slot < other.slot));

const explained = (packed: number): FoundPatient['why'][number] => {
  const field = SEARCH_FIELDS[(packed >>> 3) & 15];
  const match = MATCH_KINDS[packed & 7];
  return packed === 0 || !field || !match ? null : { field, match };
};

export const createPatientIndex = (): PatientIndex => createIndex(null);

/** The index from bytes of `save`; null when they are of another format (build it from the summaries then). */
export const loadPatientIndex = (bytes: Uint8Array): PatientIndex | null => {
  const saved = readIndex(bytes);
  return saved === null ? null : createIndex(saved);
};
