import type pg from 'pg';
import { z } from 'zod';
import { listPatientIds } from '../../db/postgres/list-patients.ts';
import { fillPatientSearch } from '../../db/postgres/patient-search.ts';
import { readPatientCards } from '../../db/postgres/read-patient-cards.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { searchPatients } from '../../db/postgres/search-patients.ts';
import { actingClinics } from '../../db/postgres/upstream.ts';
import { hasFlag } from '../../lib/access/actor.ts';
import { deskClinics } from '../../lib/access/read-rules.ts';
import { uuidSchema } from '../../lib/domain/identity.ts';
import { editPatient } from '../../lib/domain/patient/edit-patient.ts';
import { registerPatient } from '../../lib/domain/patient/register-patient.ts';
import { seenSchema } from '../../lib/domain/seen.ts';
import { readDefinition } from '../../lib/form/definition.ts';
import { filledFormSchema } from '../../lib/form/filled-form-schema.ts';
import { joinRegistrationAnswers } from '../../lib/form/registration.ts';
import type { Json } from '../../lib/replication/json.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { json } from './answer.ts';
import { type Asked, readBody, readQuery, replyOfCommand } from './asked.ts';
import { chartSeenBy } from './chart.ts';
import { notePortalView } from './portal-view.ts';
import { type Result, refused } from './problem.ts';
import { readVersion, registrationVersionOf } from './registration-form.ts';

const listSchema = z.strictObject({
  search: z.string().max(200).optional(),
  clinicId: uuidSchema.optional(),
  after: z
    .string()
    .regex(/^(\d{1,2}\.)?[0-9a-f-]{36}$/)
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 200)
    .optional(),
});

/** `GET /api/patients`: a page of the patients of the clinics where the asker has any right. */
export async function listPatients(asked: Asked): Promise<Result<Response>> {
  const query = readQuery(asked, listSchema);
  if (!query.ok) return query;
  const { search = '', clinicId, limit = 50, after } = query.value;
  const seen = deskClinics(asked.actor);
  if (clinicId !== undefined && seen !== null && !seen.includes(clinicId)) return refused('not-in-your-clinic');
  const clinicIds = clinicId === undefined ? seen : [clinicId];
  const place = placeOf(after);
  if (after !== undefined && place === null) return refused('invalid', { field: 'after' });
  const page =
    search.trim() === ''
      ? await listPatientIds(asked.pool, { clinicIds, after: place?.id ?? null, limit })
      : await found(asked.pool, { query: search, clinicIds, after: place, limit });
  return json({ patients: await readPatientCards(asked.pool, page.ids), next: page.next });
}

async function found(pool: pg.Pool, asked: Parameters<typeof searchPatients>[1]) {
  await searchReady(pool);
  const { ids, next } = await searchPatients(pool, asked);
  return { ids, next: next === null ? null : `${next.rank}.${next.id}` };
}

function placeOf(after: string | undefined): { rank: number; id: string } | null {
  const [first = '', second] = (after ?? '').split('.');
  const id = second ?? first;
  return uuidSchema.safeParse(id).success ? { rank: second === undefined ? 0 : Number(first), id } : null;
}

const ready = new WeakMap<pg.Pool, Promise<unknown>>();

/** Once per process: rows that an upgrade left without their text. */
function searchReady(pool: pg.Pool): Promise<unknown> {
  const filling = ready.get(pool) ?? fillPatientSearch(pool);
  ready.set(pool, filling);
  filling.catch(() => ready.delete(pool));
  return filling;
}

/** `GET /api/patients/:id`: what the asker may see of a patient, with the form versions it was recorded with. The look is noted. */
export async function readPatient(asked: Asked, id: string): Promise<Result<Response>> {
  const chart = await chartSeenBy(asked, id);
  if (!chart.ok) return chart;
  await notePortalView(asked, id, chart.value.clinicIds);
  return json(chart.value);
}

const filledShape = {
  formVersionId: uuidSchema.optional(),
  answers: filledFormSchema.shape.answers,
  entered: filledFormSchema.shape.entered.default({}),
  missing: filledFormSchema.shape.missing.default({}),
};
const registerSchema = z.strictObject({ id: uuidSchema.optional(), clinicId: uuidSchema, ...filledShape });

/** `POST /api/patients`: registers with the clinic's registration form, or the version named. */
export async function registerByApi(asked: Asked): Promise<Result<Response>> {
  const body = await readBody(asked, registerSchema);
  if (!body.ok) return body;
  const { id = newId(), clinicId, formVersionId, answers, entered, missing } = body.value;
  const version = formVersionId ?? (await registrationVersionOf(asked.pool, clinicId));
  if (version === null) return refused('not-found', { field: 'clinicId' });
  const known = await asked.pool.query('select 1 from patients where id = $1', [id]);
  if (known.rowCount !== 0) return refused('already-exists', { field: 'id' });
  const input = { patientId: id, formVersionId: version, filled: { answers, entered, missing } };
  return replyOfCommand(asked, registerPatient, input, clinicId, { id });
}

const editSchema = z.strictObject({ ...filledShape, seen: seenSchema });

/** `PATCH /api/patients/:id`: answers that are given replace what is known, null clears, the rest stays. */
export async function editByApi(asked: Asked, id: string): Promise<Result<Response>> {
  const body = await readBody(asked, editSchema);
  if (!body.ok) return body;
  const chart = await chartSeenBy(asked, id);
  if (!chart.ok) return chart;
  const { patient } = chart.value;
  // Here too, and not only by the judge: an edit that changes nothing is never judged.
  const own = patient.createdBy === asked.actor.userId && hasFlag(asked.actor, 'register-patients', patient.clinicId);
  if (!chart.value.mayEdit && !own) return refused('forbidden');
  const { formVersionId, answers, entered, missing, seen } = body.value;
  const version =
    formVersionId ?? patient.registrationVersionId ?? (await registrationVersionOf(asked.pool, patient.clinicId));
  const held = version === null ? undefined : await readVersion(asked.pool, version);
  if (version === null || held === undefined) return refused('not-found', { field: 'formVersionId' });
  const filled = { answers: patched(held, patient.fields, answers), entered, missing };
  const input = { patientId: id, formVersionId: version, filled, ...(seen === undefined ? {} : { seen }) };
  const [clinicId = patient.clinicId] = await actingClinics(asked.pool, [patient.clinicId, ...chart.value.clinicIds]);
  return replyOfCommand(asked, editPatient, input, clinicId, { id });
}

function patched(version: StoredRecord, fields: Record<string, Json>, answers: Record<string, Json>) {
  const definition = readDefinition(version.values.definition);
  if (!definition.ok) return answers;
  const attributes = (fields.attributes ?? {}) as Record<string, Json>;
  const known = joinRegistrationAnswers(definition.definition, { base: fields, attributes });
  const merged = { ...known, ...answers };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}
