import { z } from 'zod';

/** A scope has moved to this seq. Only a hint: whoever misses one reads the same from the feed at his next exchange. */
export const scopeHintSchema = z.object({ scope: z.string(), seq: z.int().nonnegative() });
export type ScopeHint = Readonly<z.infer<typeof scopeHintSchema>>;

/** The hint in the data of an event. Null when it is none of this version: whoever says more than a hint is not understood, and not needed. */
export function hintIn(data: string): ScopeHint | null {
  try {
    return scopeHintSchema.parse(JSON.parse(data));
  } catch {
    return null;
  }
}
