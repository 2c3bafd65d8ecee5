import { z } from 'zod';

/** A scope has moved to this seq. Only a hint: whoever misses one reads the same from the feed at his next exchange. */
export const scopeHintSchema = z.object({ scope: z.string(), seq: z.int().nonnegative() });
export type ScopeHint = Readonly<z.infer<typeof scopeHintSchema>>;
