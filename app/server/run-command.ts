import type pg from 'pg';
import { authorEdits, refusalOf, type ServerEdit, type ServerView } from '../../db/postgres/author-edits.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import type { Actor } from '../../lib/access/actor.ts';
import { calendarDayIn } from '../../lib/domain/calendar-date.ts';
import type { Command, CommandContext, CommandRefusal } from '../../lib/domain/command.ts';

export type CommandResult = { readonly ok: true } | { readonly ok: false; readonly refusal: CommandRefusal };

/** Who runs a command at the server, and in which clinic; null for the organisation. */
export interface Runner {
  readonly userId: string;
  readonly clinicId: string | null;
  /** Somebody who may act although no record names him yet: the first administrator. */
  readonly founder?: Actor;
}

/**
 * Runs a command with the server as the replica: the same decision, the same judge, the same log as on a phone. The
 * edits reach phones by the same feed. Bad input is a refusal that names the field.
 */
export async function runCommand<I>(
  pool: pg.Pool,
  command: Command<I>,
  input: unknown,
  runner: Runner,
): Promise<CommandResult> {
  const parsed = command.input.safeParse(input);
  if (!parsed.success) return refuse('invalid', parsed.error.issues[0]?.path.join('.') || null);
  let decided: CommandRefusal | null = null;
  const clinic = runner.clinicId === null ? [] : [{ collection: 'clinics', id: runner.clinicId }];
  const edit: ServerEdit = {
    author: { userId: runner.userId, clinicId: runner.clinicId },
    needs: [...command.needs(parsed.data), ...clinic],
    decide: (view) => {
      const context = contextOf(runner, view);
      if (context === null) {
        decided = { kind: 'forbidden', field: null, problems: [] };
        return null;
      }
      const decision = command.decide(parsed.data, context);
      decided = decision.ok ? null : decision.refusal;
      return decision.ok ? decision.edits : null;
    },
    ...(runner.founder === undefined ? {} : { founder: runner.founder }),
  };
  const authored = await authorEdits(pool, edit);
  const refusal = decided ?? (authored && refusalOf(authored));
  return refusal === null ? { ok: true } : { ok: false, refusal };
}

function refuse(kind: CommandRefusal['kind'], field: string | null): CommandResult {
  return { ok: false, refusal: { kind, field, problems: [] } };
}

/** Null when nobody by that name may act: unknown, deleted or deactivated. */
function contextOf(runner: Runner, { nowMs, actor, read }: ServerView): CommandContext | null {
  if (actor === undefined || !actor.active) return null;
  const clinic = runner.clinicId === null ? undefined : read({ collection: 'clinics', id: runner.clinicId });
  const timeZone = String(clinic?.values.timeZone ?? 'UTC');
  const now = new Date(nowMs).toISOString();
  return { actor, clinicId: runner.clinicId, now, today: calendarDayIn(now, timeZone), timeZone, newId, read };
}
