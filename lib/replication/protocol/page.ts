import { z } from 'zod';
import type { Json } from '../json.ts';

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;

/** Rows of one collection with the layout that reads them. */
export const tableSchema = z.object({
  collection: z.string(),
  columns: z.array(z.string()),
  groups: z.record(z.string(), z.array(z.string())),
  rows: z.array(z.string()),
  records: z.array(z.array(json)),
});
/** `R`: its rows, which are JSON text where they are passed on as a store wrote them. */
export type Table<R = Json[]> = Readonly<Omit<z.infer<typeof tableSchema>, 'records'> & { records: R[] }>;

/** A record that left the scope, with the stamp of the membership that took it out. */
export const leftSchema = z.object({ collection: z.string(), id: z.string(), stamp: z.string() });
export type Left = Readonly<z.infer<typeof leftSchema>>;

/** Part of one scope's feed, from the asker's cursor up to and including `upTo`. */
export const pageSchema = z.object({
  scope: z.string(),
  /** Records and departures in this page: what came must be as many before the cursor moves. */
  count: z.int().nonnegative(),
  upTo: z.int().nonnegative(),
  tables: z.array(tableSchema),
  left: z.array(leftSchema),
});
export type Page<R = Json[]> = Readonly<Omit<z.infer<typeof pageSchema>, 'tables'> & { tables: Table<R>[] }>;
