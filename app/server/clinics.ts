import { z } from 'zod';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { maySeeScope } from '../../lib/access/read-rules.ts';
import { createClinic, editClinic } from '../../lib/domain/clinic/create-clinic.ts';
import { createDepartment } from '../../lib/domain/department/create-department.ts';
import { labelsSchema } from '../../lib/domain/field-types.ts';
import { uuidSchema } from '../../lib/domain/identity.ts';
import { json } from './answer.ts';
import { type Asked, readBody, replyOfCommand } from './asked.ts';
import { shown } from './chart.ts';
import { type Result, refused } from './problem.ts';

/** `GET /api/clinics`: every clinic, by name. */
export async function listClinics({ pool, actor }: Asked): Promise<Result<Response>> {
  if (!maySeeScope(actor, 'org')) return refused('forbidden');
  const found = await readRecords(pool, 'clinics', 'where deleted_at is null order by name, id', []);
  return json({ clinics: found.map(shown) });
}

const nullable = (schema: z.ZodType<string | null>) => z.preprocess((value) => (value === '' ? null : value), schema);
const optional = z.string().nullable();
/** What a clinic is, as the API takes it; the command checks each field. */
const clinicShape = {
  name: z.string(),
  code: z.string(),
  timeZone: z.string(),
  address: nullable(optional).optional(),
  phone: nullable(optional).optional(),
  country: nullable(optional).optional(),
};

/** `POST /api/clinics`. */
export async function createByApi(asked: Asked): Promise<Result<Response>> {
  const body = await readBody(asked, z.strictObject(clinicShape));
  if (!body.ok) return body;
  const id = newId();
  return replyOfCommand(asked, createClinic, { clinicId: id, ...body.value }, null, { id });
}

const editSchema = z.strictObject({ ...clinicShape, registrationFormId: uuidSchema.nullable() }).partial();

/** `PATCH /api/clinics/:id`. */
export async function editByApi(asked: Asked, id: string): Promise<Result<Response>> {
  const body = await readBody(asked, editSchema);
  if (!body.ok) return body;
  const { registrationFormId } = body.value;
  if (typeof registrationFormId === 'string') {
    const [form] = await readRecords(asked.pool, 'forms', 'where id = any($1)', [[registrationFormId]]);
    if (form?.values.kind !== 'registration') return refused('not-found', { field: 'registrationFormId' });
  }
  return replyOfCommand(asked, editClinic, { clinicId: id, ...body.value }, id, { id });
}

/** `GET /api/departments`: of every clinic, in their order. */
export async function listDepartments({ pool, actor }: Asked): Promise<Result<Response>> {
  if (!maySeeScope(actor, 'org')) return refused('forbidden');
  const found = await readRecords(pool, 'departments', 'where deleted_at is null order by "order", id', []);
  return json({ departments: found.map(shown) });
}

const departmentSchema = z.strictObject({
  clinicId: uuidSchema,
  name: labelsSchema,
  order: z.int().min(0).max(10_000).default(0),
  canDispense: z.boolean().default(false),
  canTest: z.boolean().default(false),
  canImage: z.boolean().default(false),
});

/** `POST /api/departments`. */
export async function createDepartmentByApi(asked: Asked): Promise<Result<Response>> {
  const body = await readBody(asked, departmentSchema);
  if (!body.ok) return body;
  const { clinicId } = body.value;
  const [clinic] = await readRecords(asked.pool, 'clinics', 'where id = any($1)', [[clinicId]]);
  if (clinic === undefined) return refused('not-found', { field: 'clinicId' });
  const id = newId();
  return replyOfCommand(asked, createDepartment, { departmentId: id, ...body.value }, clinicId, { id });
}
