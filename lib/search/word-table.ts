import { packSkeleton, soundOf } from './skeleton.ts';

/**
 * Every distinct word once, with the places it occurs at, in typed arrays: names repeat so much that looking at each
 * distinct word (five integers and its letters) is quicker than intersecting long lists of patients per trigram, and
 * nothing but arrays has to be saved and loaded. Grows by appending; nothing is ever moved.
 *
 * A word's `signature` has a bit per letter (per pair of digits in words with digits): a word that lacks a bit of the
 * query cannot contain it, and one edit changes at most two bits.
 */
export type WordTableArrays = {
  readonly letters: Uint16Array;
  readonly starts: Uint32Array;
  readonly signatures: Uint32Array;
  readonly sounds: Uint32Array;
  readonly otherSounds: Uint32Array;
  readonly heads: Int32Array;
  readonly nexts: Int32Array;
  readonly values: Uint32Array;
};

export type WordTable = {
  /** Adds one occurrence of a folded word; the same value twice in a row for a word is stored once. */
  readonly add: (word: string, value: number) => void;
  readonly wordCount: () => number;
  readonly wordAt: (word: number) => string;
  readonly arrays: () => WordTableArrays;
  /** The arrays cut to their used length, for saving. */
  readonly usedArrays: () => WordTableArrays;
  readonly byteLength: () => number;
};

const hashOf = (word: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i += 1) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

const DIGIT = /[0-9]/;
/** Words with a digit (ids, phones, codes) live in a table of their own. */
export const hasDigit = (word: string): boolean => DIGIT.test(word);

/** See `WordTable`. */
export const signatureOf = (word: string): number => {
  let signature = 0;
  const paired = hasDigit(word);
  for (let i = paired ? 1 : 0; i < word.length; i += 1) {
    const code = word.charCodeAt(i);
    signature |= 1 << (paired ? (word.charCodeAt(i - 1) * 11 + code) & 31 : code & 31);
  }
  return signature >>> 0;
};

type Grown = Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** The same numbers with room for at least `needed`, a half more than before. */
export const withRoom = <T extends Grown | Uint8Array<ArrayBuffer>>(array: T, needed: number): T => {
  if (needed <= array.length) return array;
  const Kind = array.constructor as new (length: number) => T;
  const grown = new Kind(Math.max(needed, Math.ceil(array.length * 1.5), 256));
  grown.set(array);
  return grown;
};

const owned = (arrays: WordTableArrays) => ({
  letters: arrays.letters as Uint16Array<ArrayBuffer>,
  starts: arrays.starts as Uint32Array<ArrayBuffer>,
  signatures: arrays.signatures as Uint32Array<ArrayBuffer>,
  sounds: arrays.sounds as Uint32Array<ArrayBuffer>,
  otherSounds: arrays.otherSounds as Uint32Array<ArrayBuffer>,
  heads: arrays.heads as Int32Array<ArrayBuffer>,
  nexts: arrays.nexts as Int32Array<ArrayBuffer>,
  values: arrays.values as Uint32Array<ArrayBuffer>,
});

const emptyArrays = (): WordTableArrays => ({
  letters: new Uint16Array(0),
  starts: new Uint32Array(1),
  signatures: new Uint32Array(0),
  sounds: new Uint32Array(0),
  otherSounds: new Uint32Array(0),
  heads: new Int32Array(0),
  nexts: new Int32Array(0),
  values: new Uint32Array(0),
});

/** A table, empty or over arrays that were saved with `usedArrays` (they are not written to: growing copies them). */
export const createWordTable = (saved: WordTableArrays = emptyArrays()): WordTable => {
  const has = owned(saved);
  let words = saved.heads.length;
  let postings = saved.values.length;
  let buckets: Int32Array<ArrayBuffer> | null = null;

  const wordAt = (word: number): string => {
    const from = has.starts[word] ?? 0;
    const to = has.starts[word + 1] ?? from;
    let text = '';
    for (let i = from; i < to; i += 1) text += String.fromCharCode(has.letters[i] ?? 0);
    return text;
  };

  const isWord = (word: number, text: string): boolean => {
    const from = has.starts[word] ?? 0;
    if ((has.starts[word + 1] ?? 0) - from !== text.length) return false;
    for (let i = 0; i < text.length; i += 1) if (has.letters[from + i] !== text.charCodeAt(i)) return false;
    return true;
  };

  /** The bucket where the word is or belongs. Words − 1 are stored, so 0 is free. */
  const bucketOf = (table: Int32Array, text: string): number => {
    const mask = table.length - 1;
    let at = hashOf(text) & mask;
    for (let entry = table[at]; entry; entry = table[at]) {
      if (isWord(entry - 1, text)) return at;
      at = (at + 1) & mask;
    }
    return at;
  };

  // Only writing needs the hash: after loading it is made when the first change arrives.
  const roomyBuckets = (): Int32Array<ArrayBuffer> => {
    if (buckets && words * 2 < buckets.length) return buckets;
    buckets = new Int32Array(2 ** Math.max(10, Math.ceil(Math.log2((words + 1) * 3))));
    for (let word = 0; word < words; word += 1) buckets[bucketOf(buckets, wordAt(word))] = word + 1;
    return buckets;
  };

  const append = (text: string): number => {
    const from = has.starts[words] ?? 0;
    has.letters = withRoom(has.letters, from + text.length);
    for (let i = 0; i < text.length; i += 1) has.letters[from + i] = text.charCodeAt(i);
    has.starts = withRoom(has.starts, words + 2);
    has.starts[words + 1] = from + text.length;
    has.signatures = withRoom(has.signatures, words + 1);
    has.signatures[words] = signatureOf(text);
    const [main, other] = hasDigit(text) ? ['', ''] : soundOf(text).skeletons;
    has.sounds = withRoom(has.sounds, words + 1);
    has.sounds[words] = packSkeleton(main);
    has.otherSounds = withRoom(has.otherSounds, words + 1);
    has.otherSounds[words] = packSkeleton(other);
    has.heads = withRoom(has.heads, words + 1);
    has.heads[words] = -1;
    words += 1;
    return words - 1;
  };

  return {
    add: (text, value) => {
      const table = roomyBuckets();
      const bucket = bucketOf(table, text);
      const known = table[bucket];
      const word = known ? known - 1 : append(text);
      table[bucket] = word + 1;
      const head = has.heads[word] ?? -1;
      if (head >= 0 && has.values[head] === value) return;
      has.nexts = withRoom(has.nexts, postings + 1);
      has.values = withRoom(has.values, postings + 1);
      // `heads` may still be the saved array; withRoom copied it only when it grew.
      if (has.heads === saved.heads) has.heads = has.heads.slice();
      has.nexts[postings] = head;
      has.values[postings] = value;
      has.heads[word] = postings;
      postings += 1;
    },
    wordCount: () => words,
    wordAt,
    arrays: () => has,
    usedArrays: () => ({
      letters: has.letters.subarray(0, has.starts[words] ?? 0),
      starts: has.starts.subarray(0, words + 1),
      signatures: has.signatures.subarray(0, words),
      sounds: has.sounds.subarray(0, words),
      otherSounds: has.otherSounds.subarray(0, words),
      heads: has.heads.subarray(0, words),
      nexts: has.nexts.subarray(0, postings),
      values: has.values.subarray(0, postings),
    }),
    byteLength: () => Object.values(has).reduce((sum, array) => sum + array.byteLength, 0) + (buckets?.byteLength ?? 0),
  };
};
