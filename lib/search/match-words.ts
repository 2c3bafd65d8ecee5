import { editDistance } from './edit-distance.ts';
import { packedShift, packSkeleton, soundOf } from './skeleton.ts';
import { signatureOf, type WordTable } from './word-table.ts';

/** How a stored word answers a word of the query, best first. */
export const MATCH_KINDS = ['whole', 'start', 'end', 'sound', 'inside', 'typo'] as const;
export type MatchKind = (typeof MATCH_KINDS)[number];

/** `kind` is an index of MATCH_KINDS; `score` 1–100. */
export type WordMatch = { readonly word: number; readonly kind: number; readonly score: number };

const WHOLE = 0;
const START = 1;
const END = 2;
const SOUND = 3;
const INSIDE = 4;
const TYPO = 5;

const bits = (value: number): number => {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** Wrong letters forgiven in a word of so many: none in two, one in three to seven, two in longer ones. */
const forgiven = (length: number): number => (length < 3 ? 0 : length < 8 ? 1 : 2);

type Contained = { readonly kind: number; readonly score: number } | null;

const containing = (query: string, word: string, digits: boolean): Contained => {
  const at = word.indexOf(query);
  if (at < 0) return null;
  if (at === 0) {
    const rest = word.length - query.length;
    return rest === 0 ? { kind: WHOLE, score: 100 } : { kind: START, score: 88 - Math.min(8, rest) };
  }
  if (query.length < (digits ? 3 : 2)) return null;
  // People know the last digits of a phone; the last letters of a name are nothing special.
  if (digits && word.endsWith(query)) return { kind: END, score: 80 };
  return { kind: INSIDE, score: 48 };
};

/** Words with digits: only containment. A wrong digit is another number. */
export const matchNumber = (table: WordTable, query: string): WordMatch[] => {
  const { signatures } = table.arrays();
  const signature = signatureOf(query);
  const found: WordMatch[] = [];
  for (let word = 0, count = table.wordCount(); word < count; word += 1) {
    if (((signatures[word] ?? 0) & signature) >>> 0 !== signature) continue;
    const contained = containing(query, table.wordAt(word), true);
    if (contained) found.push({ word, ...contained });
  }
  return found;
};

/** Phones differ in their front (00249…, +249…, 0…): the last eight digits agree. */
export const matchNumberEnd = (table: WordTable, digits: string): WordMatch[] =>
  digits.length < 8
    ? []
    : matchNumber(table, digits.slice(-8))
        .filter((match) => match.kind === END || match.kind === WHOLE)
        .map((match) => ({ ...match, kind: END, score: 84 }));

const soundScore = (voiced: string, word: string): number => {
  const other = soundOf(word).voiced;
  const most = 1 + Math.floor(Math.max(voiced.length, other.length) / 2);
  const distance = editDistance(voiced, other, most);
  return distance > most ? 0 : 76 - 5 * distance;
};

type LetterQuery = {
  readonly text: string;
  readonly signature: number;
  readonly edits: number;
  readonly voiced: string;
  readonly packed: readonly [number, number];
  readonly shift: readonly [number, number];
  readonly hearable: boolean;
};

const letterQuery = (text: string): LetterQuery => {
  const { skeletons, voiced } = soundOf(text);
  return {
    text,
    signature: signatureOf(text),
    edits: forgiven(text.length),
    voiced,
    packed: [packSkeleton(skeletons[0]), packSkeleton(skeletons[1])],
    shift: [packedShift(skeletons[0]), packedShift(skeletons[1])],
    hearable: text.length >= 2 && skeletons[0].length > 0,
  };
};

const soundsWhole = (query: LetterQuery, main: number, other: number): boolean =>
  main !== 0 &&
  (main === query.packed[0] || other === query.packed[1] || main === query.packed[1] || other === query.packed[0]);

const soundsStart = (query: LetterQuery, main: number, other: number): boolean => {
  const [shift] = query.shift;
  // Two consonants begin too many names.
  if (shift > 15) return false;
  return (
    main >>> shift === query.packed[0] >>> shift || other >>> query.shift[1] === query.packed[1] >>> query.shift[1]
  );
};

const mistyped = (query: LetterQuery, word: string, signature: number): number => {
  if (query.edits === 0 || bits(query.signature & ~signature) > query.edits) return 0;
  // In three letters one may be wrong, but not the first: else half the short names match.
  if (query.text.length === 3 && query.text[0] !== word[0]) return 0;
  const whole = bits(signature & ~query.signature) <= query.edits ? editDistance(query.text, word, query.edits) : 9;
  if (whole <= query.edits) return 62 - 12 * whole;
  // A start with a mistake fits so many words that its first letter must be right.
  if (query.text.length < 4 || word.length <= query.text.length || query.text[0] !== word[0]) return 0;
  return editDistance(query.text, word, 1, true) <= 1 ? 34 : 0;
};

/** Words of letters: containment, sound across scripts, typing mistakes. */
export const matchLetters = (table: WordTable, text: string): WordMatch[] => {
  const { signatures, sounds, otherSounds } = table.arrays();
  const query = letterQuery(text);
  const found: WordMatch[] = [];
  for (let word = 0, count = table.wordCount(); word < count; word += 1) {
    const signature = signatures[word] ?? 0;
    const near = bits(query.signature & ~signature) <= query.edits;
    const main = sounds[word] ?? 0;
    const other = otherSounds[word] ?? 0;
    const whole = query.hearable && soundsWhole(query, main, other);
    const start = !whole && query.hearable && soundsStart(query, main, other);
    if (!near && !whole && !start) continue;
    const match = bestMatch(query, table.wordAt(word), signature, whole, start);
    if (match) found.push({ word, ...match });
  }
  return found;
};

const bestMatch = (query: LetterQuery, word: string, signature: number, whole: boolean, start: boolean): Contained => {
  const contained = containing(query.text, word, false);
  if (contained && contained.kind !== INSIDE) return contained;
  const sound = whole ? soundScore(query.voiced, word) : start ? 40 : 0;
  const typo = mistyped(query, word, signature);
  if (contained && contained.score >= Math.max(sound, typo)) return contained;
  if (sound > 0 && sound >= typo) return { kind: SOUND, score: sound };
  return typo > 0 ? { kind: TYPO, score: typo } : contained;
};
