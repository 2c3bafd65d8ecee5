import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { log } from './log.ts';
import { type Problem, problemResponse, type Result } from './problem.ts';

/**
 * Runs a route: its value as a response, its refusal as a problem, its fault as an id to look for in the log. `event`
 * is the route's word there.
 */
export async function answer(event: string, work: () => Promise<Result<Response>>): Promise<Response> {
  const started = performance.now();
  try {
    const result = await work();
    if (result.ok) return result.value;
    log('info', event, { code: result.problem.code, ms: elapsed(started) });
    return problemResponse(result.problem);
  } catch (fault) {
    const problem = problemOf(fault);
    log(problem.code === 'internal' ? 'error' : 'warn', event, {
      code: codeOf(fault),
      recordId: problem.instance ?? '',
      ms: elapsed(started),
      trace: traceOf(fault),
    });
    return problemResponse(problem);
  }
}

/** JSON that nobody may keep. */
export function json(value: unknown, headers: Record<string, string> = {}): { ok: true; value: Response } {
  return { ok: true, value: Response.json(value, { headers: { 'cache-control': 'no-store', ...headers } }) };
}

function elapsed(started: number): number {
  return Math.round(performance.now() - started);
}

/** PostgreSQL's: waited too long, too many at once, shutting down · no room left. */
const BUSY = /^(55P03|40001|40P01|53300|57P0[123]|57014|08...)$/;
const FULL = /^(53100|53200)$/;
/** What the driver says when PostgreSQL is not there, or went away in the middle: it gives these no code. */
const UNREACHABLE =
  /timeout exceeded when trying to connect|ECONNREFUSED|ECONNRESET|EPIPE|Connection terminated|is not queryable/;

function problemOf(fault: unknown): Problem {
  const code = fault instanceof pg.DatabaseError ? (fault.code ?? '') : '';
  if (BUSY.test(code) || (fault instanceof Error && UNREACHABLE.test(fault.message)))
    return { code: 'busy', retryAfterSeconds: 5 };
  if (FULL.test(code)) return { code: 'storage-full' };
  return { code: 'internal', instance: randomUUID() };
}

function codeOf(fault: unknown): string {
  if (fault instanceof pg.DatabaseError) return fault.code ?? fault.name;
  return fault instanceof Error ? fault.name : 'unknown';
}

/** Frames only: the first lines are the message, and a message may quote what somebody typed. */
function traceOf(fault: unknown): string {
  if (!(fault instanceof Error)) return '';
  const frames = (fault.stack ?? '')
    .replace(fault.message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return frames
    .slice(0, 8)
    .map((line) => line.trim())
    .join(' < ');
}
