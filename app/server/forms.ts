import { z } from 'zod';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { isAdmin } from '../../lib/access/actor.ts';
import { maySeeScope } from '../../lib/access/read-rules.ts';
import { labelsSchema } from '../../lib/domain/field-types.ts';
import { FORM_KINDS } from '../../lib/domain/form/form.ts';
import { publishForm } from '../../lib/domain/form/publish-form.ts';
import { uuidSchema } from '../../lib/domain/identity.ts';
import { readDefinition } from '../../lib/form/definition.ts';
import { FORM_LIMITS } from '../../lib/form/limits.ts';
import { publishProblems } from '../../lib/form/publish.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { json } from './answer.ts';
import { type Asked, readBody, replyOfCommand } from './asked.ts';
import { shown } from './chart.ts';
import { type Result, refused } from './problem.ts';

/** `GET /api/forms`: every form with its current version, whole. */
export async function listForms({ pool, actor }: Asked): Promise<Result<Response>> {
  if (!maySeeScope(actor, 'org')) return refused('forbidden');
  const forms = await readRecords(pool, 'forms', 'where deleted_at is null order by id', []);
  const current = forms.flatMap(({ values }) =>
    typeof values.currentVersionId === 'string' ? [values.currentVersionId] : [],
  );
  const versions = await readRecords(pool, 'formVersions', 'where id = any($1)', [current]);
  const byId = new Map(versions.map((version) => [version.id, version]));
  return json({
    forms: forms.map((form) => ({
      ...shown(form),
      currentVersion: versionOf(byId.get(String(form.values.currentVersionId))),
    })),
  });
}

function versionOf(version: StoredRecord | undefined) {
  if (version === undefined) return null;
  const { number, publishedAt, definition } = version.values;
  return { id: version.id, number, publishedAt, definition };
}

/** `GET /api/forms/:id`: a form with all of its versions, newest first. */
export async function readForm({ pool, actor }: Asked, id: string): Promise<Result<Response>> {
  if (!maySeeScope(actor, 'org')) return refused('forbidden');
  const [form] = await readRecords(pool, 'forms', 'where id = any($1)', [[id]]);
  if (form === undefined) return refused('not-found');
  const versions = await readRecords(pool, 'formVersions', 'where form_id = $1 order by number desc', [id]);
  return json({ form: shown(form), versions: versions.map(versionOf) });
}

const publishSchema = z.strictObject({
  /** Absent: a new form. */
  formId: uuidSchema.optional(),
  kind: z.enum(FORM_KINDS),
  name: labelsSchema.optional(),
  definition: z.unknown(),
  editable: z.boolean().default(true),
  clinicIds: z.array(uuidSchema).max(500).default([]),
});

/** `POST /api/forms`: publishes the next version of a form. What speaks against it stands in `detail`. */
export async function publishByApi(asked: Asked): Promise<Result<Response>> {
  if (!isAdmin(asked.actor)) return refused('forbidden');
  // The document itself is checked by the form engine; the rest of the body is small.
  const maxBytes = FORM_LIMITS.definitionBytes + 32 * 1024;
  const body = await readBody(asked, publishSchema, { maxBytes, tidy: false });
  if (!body.ok) return body;
  const { formId = newId(), kind, definition, editable, clinicIds } = body.value;
  const [known] = await readRecords(asked.pool, 'forms', 'where id = any($1)', [[formId]]);
  if (known !== undefined && known.values.kind !== kind) return refused('conflict', { field: 'kind' });
  const versions = await readRecords(asked.pool, 'formVersions', 'where form_id = $1 order by number desc', [formId]);
  const earlier = versions.flatMap(({ values }) => {
    const read = readDefinition(values.definition);
    return read.ok ? [read.definition] : [];
  });
  const faults = publishProblems(definition, earlier, kind).filter(({ severity }) => severity === 'error');
  if (faults.length > 0) return refused('invalid', { field: 'definition', detail: told(faults) });
  const number = Number(versions[0]?.values.number ?? 0) + 1;
  const name = body.value.name ?? (definition as { title: Record<string, string> }).title;
  const input = { formId, kind, name, number, definition, editable, clinicIds };
  return replyOfCommand(asked, publishForm, input, null, { id: formId, number });
}

const TOLD = 20;

function told(faults: readonly { code: string; path: string }[]): string {
  const lines = faults.slice(0, TOLD).map(({ code, path }) => `${path}: ${code}`.slice(0, 200));
  return lines.join('; ');
}
