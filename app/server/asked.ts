import type pg from 'pg';
import type { z } from 'zod';
import type { Actor } from '../../lib/access/actor.ts';
import type { Command, CommandRefusal } from '../../lib/domain/command.ts';
import { tidyText } from '../../lib/domain/field-types.ts';
import { isUuid } from '../../lib/domain/identity.ts';
import type { Json } from '../../lib/replication/json.ts';
import { answer, json } from './answer.ts';
import { database } from './database.ts';
import { type ProblemCode, type Result, refused } from './problem.ts';
import { fulfils, readJson } from './read-json.ts';
import { runCommand } from './run-command.ts';
import { requireSession } from './session/require-session.ts';

/** A request of somebody who is signed in. */
export interface Asked {
  readonly pool: pg.Pool;
  readonly request: Request;
  readonly actor: Actor;
  /** His session's secret. */
  readonly secret: string;
}

type Work = (asked: Asked) => Promise<Result<Response>>;

/** Runs a route for whoever is signed in. `event` is its word in the log. */
export function asUser(event: string, request: Request, work: Work): Promise<Response> {
  return answer(event, () => forUser(request, work, false));
}

/** The same for what a person may do before he has chosen a password of his own. */
export function asNewUser(event: string, request: Request, work: Work): Promise<Response> {
  return answer(event, () => forUser(request, work, true));
}

async function forUser(request: Request, work: Work, withFirstPassword: boolean): Promise<Result<Response>> {
  const { pool } = database();
  const session = await requireSession(pool, request);
  if (!session.ok) return session;
  const { actor, secret, cookie } = session.value;
  if (!withFirstPassword && (await mustChange(pool, actor.userId))) return refused('forbidden', { field: 'password' });
  const result = await work({ pool, request, actor, secret });
  if (result.ok && cookie !== null && !result.value.headers.has('set-cookie'))
    result.value.headers.set('set-cookie', cookie);
  return result;
}

/** A password that somebody else set must be replaced before anything else. */
export async function mustChange(pool: pg.Pool, userId: string): Promise<boolean> {
  const text = 'select must_change is true as must from credentials where id = $1 and deleted_at is null';
  const found = await pool.query<{ must: boolean }>({ name: 'must change', text, values: [userId] });
  return found.rows[0]?.must === true;
}

const MAX_BODY_BYTES = 64 * 1024;

/** The body as JSON of this shape; its texts tidied (NFC, trimmed) when `tidy` is not false. */
export async function readBody<T>(
  { request }: Asked,
  schema: z.ZodType<T>,
  { maxBytes = MAX_BODY_BYTES, tidy = true }: { maxBytes?: number; tidy?: boolean } = {},
): Promise<Result<T>> {
  const body = await readJson(request, maxBytes);
  if (!body.ok) return body;
  return fulfils(schema, tidy ? tidied(body.value as Json) : body.value);
}

/** The query of the address as this shape. */
export function readQuery<T>({ request }: Asked, schema: z.ZodType<T>): Result<T> {
  return fulfils(schema, Object.fromEntries(new URL(request.url).searchParams));
}

/** An id in the address; what is no id names nothing. */
export async function idOf(params: Promise<{ id: string }>): Promise<string | null> {
  const id = (await params).id.toLowerCase();
  return isUuid(id) ? id : null;
}

/** Runs a route about the thing that its address names. */
export async function asUserAbout(
  event: string,
  request: Request,
  params: Promise<{ id: string }>,
  work: (asked: Asked, id: string) => Promise<Result<Response>>,
): Promise<Response> {
  const id = await idOf(params);
  return asUser(event, request, async (asked) => (id === null ? refused('not-found') : work(asked, id)));
}

/** Runs a command as the person who asked, in a clinic, and replies with the ids it was about. */
export async function replyOfCommand<I>(
  { pool, actor }: Asked,
  command: Command<I>,
  input: unknown,
  clinicId: string | null,
  reply: Record<string, unknown> = {},
): Promise<Result<Response>> {
  const done = await runCommand(pool, command, input, { userId: actor.userId, clinicId });
  return done.ok ? json(reply) : refusedCommand(done.refusal);
}

const CODES: Readonly<Record<CommandRefusal['kind'], ProblemCode>> = {
  'unknown-collection': 'invalid',
  'unknown-field': 'invalid',
  invalid: 'invalid',
  forbidden: 'forbidden',
  'not-in-your-clinic': 'not-in-your-clinic',
  immutable: 'conflict',
  'ledger-only': 'conflict',
  'schema-too-old': 'unsupported-version',
  'too-large': 'too-large',
  'not-found': 'not-found',
  'already-exists': 'already-exists',
  conflict: 'conflict',
  'main-server-only': 'main-server-only',
};

/** A command's refusal as a problem. Of answers, what the form engine found wrong. */
export function refusedCommand({ kind, field, problems }: CommandRefusal): Result<never> {
  const detail = problems.map(({ fieldId, code }) => `${fieldId}: ${code}`).join(', ');
  return refused(CODES[kind], { ...(field === null ? {} : { field }), ...(detail === '' ? {} : { detail }) });
}

function tidied(value: Json): Json {
  if (typeof value === 'string') return tidyText(value) ?? '';
  if (Array.isArray(value)) return value.map(tidied);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, tidied(held)]));
}
