import { v5 } from 'uuid';
import * as z from 'zod';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A lower-case UUID of any version: imported ids are kept as they are. */
export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

export const uuidSchema = z.string().regex(UUID, { error: 'expected a lower-case UUID' });

/** Namespace of every deterministic id: v5 of the URL namespace and `https://hikmahealth.org/ids`. */
export const ID_NAMESPACE = 'be0b0c3b-12dc-5585-812e-a86564eef6a2';

/**
 * The UUIDv5 of a record whose id follows from what it stands for (data.md §7), so that two replicas that create it
 * apart create the same record. UUIDs among the parts are lower-cased; the collection's name and other parts (field
 * ids, stamps, slugs) keep their letters, because field ids `a` and `A` are two fields. Throws for a part with `|`.
 */
export const deterministicId = (collection: string, ...parts: readonly string[]): string => {
  for (const part of [collection, ...parts]) {
    if (part.includes('|')) throw new TypeError('A part of a deterministic id must not contain "|"');
  }
  const keyParts = parts.map((part) => (UUID.test(part.toLowerCase()) ? part.toLowerCase() : part));
  return v5([collection, ...keyParts].join('|'), ID_NAMESPACE);
};

/** For a declaration: the id that follows from these fields of a record. */
export const idFrom =
  (collection: string, ...fields: readonly string[]) =>
  (values: Readonly<Record<string, unknown>>): string | null => {
    const parts = fields.map((field) => values[field]).filter((part) => typeof part === 'string');
    return parts.length === fields.length ? deterministicId(collection, ...parts) : null;
  };

/** The last 48 bits of a UUID as 12 hex digits: the random end that breaks ties between stamps. */
export const last48Bits = (uuid: string): string => uuid.slice(-12);

/**
 * A source of lower-case UUIDv7 that never goes backwards: within a millisecond (or while the clock stands or jumps
 * back) the 12 bits after the time count up from a random start; when they are used up, the next millisecond is taken.
 * `now` gives milliseconds since 1970; `random(n)` gives `n` random bytes. The last 62 bits are random in every id.
 */
export const createIdSource = (source: {
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
}): (() => string) => {
  let atMs = -1;
  let count = 0;
  return () => {
    const bytes = source.random(10);
    const nowMs = Math.floor(source.now());
    if (nowMs > atMs) {
      atMs = nowMs;
      // Half of the range is left free to count in.
      count = (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) & 0x7ff;
    } else {
      count += 1;
    }
    if (count > 0xfff) {
      atMs += 1;
      count = 0;
    }
    return written(atMs, count, bytes.subarray(2));
  };
};

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');

const written = (atMs: number, count: number, tail: Uint8Array): string => {
  const time = hex(atMs, 12);
  const end = Array.from(tail, (byte, i) => hex(i === 0 ? (byte & 0x3f) | 0x80 : byte, 2)).join('');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(count, 3)}-${end.slice(0, 4)}-${end.slice(4)}`;
};
