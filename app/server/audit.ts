import { z } from 'zod';
import type { AuditFilter, AuditPlace } from '../../db/postgres/audit-filter.ts';
import { listAccessGrants } from '../../db/postgres/list-access-grants.ts';
import { listViews } from '../../db/postgres/list-views.ts';
import { isAdmin } from '../../lib/access/actor.ts';
import { endBreakGlass } from '../../lib/domain/access-grant/end-break-glass.ts';
import { instantSchema } from '../../lib/domain/field-types.ts';
import { uuidSchema } from '../../lib/domain/identity.ts';
import { json } from './answer.ts';
import { type Asked, readQuery, replyOfCommand } from './asked.ts';
import { type Result, refused } from './problem.ts';

const PAGE = 100;

const filterSchema = z.strictObject({
  clinicId: uuidSchema.optional(),
  userId: uuidSchema.optional(),
  patientId: uuidSchema.optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  afterAt: instantSchema.optional(),
  afterId: uuidSchema.optional(),
});

/** `GET /api/audit`: who looked at which patient. For administrators. */
export async function readAudit(asked: Asked): Promise<Result<Response>> {
  const filter = filterOf(asked);
  if (!filter.ok) return filter;
  const { lines, next } = await listViews(asked.pool, filter.value);
  return json({ views: lines, next });
}

/** `GET /api/access-grants`: the emergency openings, with their reasons. For administrators. */
export async function listGrants(asked: Asked): Promise<Result<Response>> {
  const filter = filterOf(asked);
  if (!filter.ok) return filter;
  const { lines, next } = await listAccessGrants(asked.pool, filter.value);
  return json({ grants: lines, next });
}

/** `POST /api/access-grants/:id/end`: for whoever opened it, and for those who administer its clinic. */
export function endGrantByApi(asked: Asked, id: string): Promise<Result<Response>> {
  return replyOfCommand(asked, endBreakGlass, { grantId: id }, null, { id });
}

function filterOf(asked: Asked): Result<AuditFilter> {
  if (!isAdmin(asked.actor)) return refused('forbidden');
  const query = readQuery(asked, filterSchema);
  if (!query.ok) return query;
  const { clinicId = null, userId = null, patientId = null, from = null, to = null, afterAt, afterId } = query.value;
  if ((afterAt === undefined) !== (afterId === undefined)) return refused('invalid', { field: 'afterId' });
  const after: AuditPlace | null = afterAt === undefined || afterId === undefined ? null : { at: afterAt, id: afterId };
  return { ok: true, value: { clinicId, userId, patientId, from, to, after, limit: PAGE } };
}
