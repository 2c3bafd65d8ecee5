import { MATCH_KINDS, type MatchKind, type WordMatch } from './match-words.ts';
import { SEARCH_FIELDS, type SearchField } from './patient-summary.ts';
import type { WordTable } from './word-table.ts';

export type FoundPatient = {
  readonly id: string;
  /** Comparable within one answer only. */
  readonly score: number;
  /** What answered each word of the query, in its order; null for a word that was not found (only in long queries). */
  readonly why: readonly ({ readonly field: SearchField; readonly match: MatchKind } | null)[];
};

const FIELD_BITS = 4;

/** Where a word occurs, as one integer: the patient's slot and the field. */
export const postingOf = (slot: number, field: SearchField): number =>
  ((slot << FIELD_BITS) | SEARCH_FIELDS.indexOf(field)) >>> 0;

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

export type Tally = {
  readonly count: (index: number, table: WordTable, matches: readonly WordMatch[]) => void;
  readonly best: (limit: number) => { slot: number; score: number }[];
  readonly why: (slot: number) => FoundPatient['why'];
};

/** Adds up, per patient, the best answer to each word of the query. */
export const createTally = (slots: number, gone: Uint8Array, words: number): Tally => {
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
