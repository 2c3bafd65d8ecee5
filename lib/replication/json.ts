import { isWholeText } from './text.ts';

/** What may stand in a record: plain JSON. `undefined`, `NaN` and dates are not values. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Is every text in it, names included, one that every replica can store? A newer version's fields are held to it too. */
export function isWholeJson(value: Json): boolean {
  if (typeof value === 'string') return isWholeText(value);
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(isWholeJson);
  return Object.entries(value).every(([name, held]) => isWholeText(name) && isWholeJson(held));
}

/** Deep equality by content; the order of object keys does not matter. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  return canonicalJson(left) === canonicalJson(right);
}

/** JSON text with object keys sorted: equal values give equal text on every replica. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, held]) => held !== undefined);
    entries.sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${canonicalJson(held)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
