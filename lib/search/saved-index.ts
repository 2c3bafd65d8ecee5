import type { WordTableArrays } from './word-table.ts';

/** Bump when folding, sounds, fields or the arrays change: a snapshot of another format is built anew. */
export const INDEX_FORMAT = 1;
const MAGIC = 0x68_73_69_78;

export type SavedIndex = {
  readonly letters: WordTableArrays;
  readonly digits: WordTableArrays;
  readonly ids: Uint8Array;
  readonly gone: Uint8Array;
};

type AnyArray = Uint8Array | Uint16Array | Uint32Array | Int32Array;

const tableArrays = (table: WordTableArrays): readonly AnyArray[] => [
  table.letters,
  table.starts,
  table.signatures,
  table.sounds,
  table.otherSounds,
  table.heads,
  table.nexts,
  table.values,
];

const aligned = (bytes: number): number => (bytes + 3) & ~3;

/** Header (magic, format, count, byte length of each array), then the arrays, each beginning at a multiple of four. */
export const writeIndex = (index: SavedIndex): Uint8Array => {
  const arrays = [...tableArrays(index.letters), ...tableArrays(index.digits), index.ids, index.gone];
  const header = Uint32Array.from([MAGIC, INDEX_FORMAT, arrays.length, ...arrays.map((array) => array.byteLength)]);
  const bytes = new Uint8Array(header.byteLength + arrays.reduce((sum, array) => sum + aligned(array.byteLength), 0));
  bytes.set(new Uint8Array(header.buffer));
  let at = header.byteLength;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += aligned(array.byteLength);
  }
  return bytes;
};

const ARRAYS = 18;

const sectionsOf = (bytes: Uint8Array): readonly (readonly [number, number])[] | null => {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, Math.min(3 + ARRAYS, bytes.length >>> 2));
  if (words[0] !== MAGIC || words[1] !== INDEX_FORMAT || words[2] !== ARRAYS || words.length < 3 + ARRAYS) return null;
  let at = bytes.byteOffset + (3 + ARRAYS) * 4;
  const sections = Array.from(words.subarray(3), (length) => {
    const section = [at, length] as const;
    at += aligned(length);
    return section;
  });
  return at === bytes.byteOffset + bytes.length ? sections : null;
};

/** The arrays of `writeIndex` as views on the same bytes; null when they are not of this format. */
export const readIndex = (given: Uint8Array): SavedIndex | null => {
  const bytes = given.byteOffset % 4 === 0 ? given : given.slice();
  const sections = sectionsOf(bytes);
  if (!sections) return null;
  const buffer = bytes.buffer;
  const section = (i: number): readonly [number, number] => sections[i] ?? [0, 0];
  const u8 = (i: number) => new Uint8Array(buffer, ...section(i));
  const u16 = (i: number) => new Uint16Array(buffer, section(i)[0], section(i)[1] >>> 1);
  const u32 = (i: number) => new Uint32Array(buffer, section(i)[0], section(i)[1] >>> 2);
  const i32 = (i: number) => new Int32Array(buffer, section(i)[0], section(i)[1] >>> 2);
  const table = (from: number): WordTableArrays => ({
    letters: u16(from),
    starts: u32(from + 1),
    signatures: u32(from + 2),
    sounds: u32(from + 3),
    otherSounds: u32(from + 4),
    heads: i32(from + 5),
    nexts: i32(from + 6),
    values: u32(from + 7),
  });
  return { letters: table(0), digits: table(8), ids: u8(16), gone: u8(17) };
};
