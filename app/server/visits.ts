import { z } from 'zod';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { instantSchema } from '../../lib/domain/field-types.ts';
import { uuidSchema } from '../../lib/domain/identity.ts';
import { startVisit } from '../../lib/domain/visit/start-visit.ts';
import { TRIAGE_LEVELS, VISIT_KINDS, visits } from '../../lib/domain/visit/visit.ts';
import { json } from './answer.ts';
import { type Asked, readBody, readQuery, replyOfCommand } from './asked.ts';
import { chartSeenBy } from './chart.ts';
import { type Result, refused } from './problem.ts';

const listSchema = z.strictObject({ patientId: uuidSchema });

/** `GET /api/visits?patientId=`: the visits of a patient whom the asker may see, newest first. */
export async function listVisits(asked: Asked): Promise<Result<Response>> {
  const query = readQuery(asked, listSchema);
  if (!query.ok) return query;
  const chart = await chartSeenBy(asked, query.value.patientId);
  return chart.ok ? json({ visits: chart.value.visits }) : chart;
}

const startSchema = z.strictObject({
  id: uuidSchema.optional(),
  patientId: uuidSchema,
  clinicId: uuidSchema,
  kind: z.enum(VISIT_KINDS),
  reason: visits.fields.reason.schema.optional(),
  departmentId: uuidSchema.nullable().optional(),
  triage: z.enum(TRIAGE_LEVELS).nullable().optional(),
  occurredAt: instantSchema.nullable().optional(),
});

/** `POST /api/visits`: opens a visit of a patient whom the asker may see, in one of the patient's clinics. */
export async function startByApi(asked: Asked): Promise<Result<Response>> {
  const body = await readBody(asked, startSchema);
  if (!body.ok) return body;
  const { id = newId(), patientId, clinicId, kind } = body.value;
  const chart = await chartSeenBy(asked, patientId);
  if (!chart.ok) return chart.problem.code === 'not-found' ? refused('not-found', { field: 'patientId' }) : chart;
  if (!chart.value.clinicIds.includes(clinicId)) return refused('invalid', { field: 'clinicId' });
  const [known, department] = await Promise.all([
    readRecords(asked.pool, 'visits', 'where id = any($1)', [[id]]),
    readRecords(asked.pool, 'departments', 'where id = any($1)', [[body.value.departmentId ?? clinicId]]),
  ]);
  if (known.length > 0) return refused('already-exists', { field: 'id' });
  const { departmentId = null, reason = null, triage = null, occurredAt = null } = body.value;
  if (departmentId !== null && department[0]?.values.clinicId !== clinicId)
    return refused('not-found', { field: 'departmentId' });
  const input = { visitId: id, patientId, kind, reason, departmentId, triage, occurredAt };
  return replyOfCommand(asked, startVisit, input, clinicId, { id });
}
