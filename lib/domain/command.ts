import type { z } from 'zod';
import type { Actor } from '../access/actor.ts';
import type { Problem } from '../form/problem.ts';
import type { Edit } from '../replication/author-action.ts';
import type { Json } from '../replication/json.ts';
import type { RefusalCode } from '../replication/protocol/outcome.ts';
import type { RecordRef, StoredRecord } from '../replication/record.ts';

/** What a command sees of the world. It asks for nothing else: no clock, no database, no network. */
export interface CommandContext {
  readonly actor: Actor;
  /** Where the author acts; null for the organisation. */
  readonly clinicId: string | null;
  /** This instant, corrected, as text; and the day in the clinic's time zone. */
  readonly now: string;
  readonly today: string;
  /** Of the clinic where the author acts. */
  readonly timeZone: string;
  readonly newId: () => string;
  /** A record that `needs` named, as it is shown here. */
  readonly read: (ref: RecordRef) => StoredRecord | undefined;
}

/** Why a command did nothing. Expected, so a value: every kind has a label and a remedy. */
export interface CommandRefusal {
  /** `main-server-only`: done at a hub, its root would refuse it. */
  readonly kind: RefusalCode | 'not-found' | 'already-exists' | 'conflict' | 'main-server-only';
  /** The field at fault, as the input names it. */
  readonly field: string | null;
  /** What the form engine found, for a command that saves answers. */
  readonly problems: readonly Problem[];
}

export type Decision =
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly refusal: CommandRefusal };

/** One verb of the clinic: an input schema, what must be loaded, and a pure decision. */
export interface Command<I> {
  readonly name: string;
  readonly input: z.ZodType<I>;
  readonly needs: (input: I) => readonly RecordRef[];
  readonly decide: (input: I, context: CommandContext) => Decision;
}

/** Gives a command its input type. */
export function command<S extends z.ZodType>(parts: {
  name: string;
  input: S;
  needs: (input: z.infer<S>) => readonly RecordRef[];
  decide: (input: z.infer<S>, context: CommandContext) => Decision;
}): Command<z.infer<S>> {
  return parts as Command<z.infer<S>>;
}

export function edits(...made: (Edit | null)[]): Decision {
  return { ok: true, edits: made.filter((edit) => edit !== null) };
}

export function refuseCommand(kind: CommandRefusal['kind'], field: string | null = null): Decision {
  return { ok: false, refusal: { kind, field, problems: [] } };
}

export function refuseAnswers(problems: readonly Problem[]): Decision {
  return { ok: false, refusal: { kind: 'invalid', field: problems[0]?.fieldId ?? null, problems } };
}

/** A put of one record. `reason`: needed when a saved fact is corrected. */
export function put(
  collection: string,
  id: string,
  fields: Readonly<Record<string, Json>>,
  reason: string | null = null,
): Edit {
  return { collection, id, kind: 'put', fields, reason };
}

/** Keys that are given; undefined means "not in this input". */
export function given(fields: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  const entries = Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
