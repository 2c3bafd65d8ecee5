import { z } from 'zod';
import { type FormDefinition, formDefinitionSchema, readDefinition } from '../../form/definition.ts';
import { FORM_ENGINE } from '../../form/limits.ts';
import { mayPublish, publishProblems } from '../../form/publish.ts';
import type { Json } from '../../replication/json.ts';
import { type CommandContext, command, edits, put, refuseCommand } from '../command.ts';
import { deterministicId, uuidSchema } from '../identity.ts';
import { FORM_KINDS, forms } from './form.ts';

/** Publishes a form's next version: the version is made, and the form points to it. */
export const publishForm = command({
  name: 'publishForm',
  input: z.strictObject({
    formId: uuidSchema,
    kind: z.enum(FORM_KINDS),
    name: forms.fields.name.schema,
    number: z.int().min(1).max(1000),
    definition: formDefinitionSchema,
    editable: z.boolean(),
    /** Empty = all clinics. */
    clinicIds: z.array(uuidSchema),
  }),
  needs: ({ formId, number }) => [{ collection: 'forms', id: formId }, ...versionsUpTo(formId, number)],
  decide: ({ formId, kind, name, number, definition, editable, clinicIds }, { read, now }) => {
    if (read({ collection: 'formVersions', id: formVersionId(formId, number) }) !== undefined)
      return refuseCommand('already-exists', 'number');
    if (!mayPublish(publishProblems(definition, earlierVersions(formId, number, read), kind)))
      return refuseCommand('invalid', 'definition');
    const versionId = formVersionId(formId, number);
    const version = {
      formId,
      number,
      publishedAt: now,
      definition: definition as unknown as Json,
      engine: FORM_ENGINE,
    };
    const clinics = Object.fromEntries(clinicIds.map((clinicId) => [`clinicIds.${clinicId}`, true]));
    const form = { kind, name, status: 'published', currentVersionId: versionId, editable, ...clinics };
    return edits(put('formVersions', versionId, version), put('forms', formId, form));
  },
});

export function formVersionId(formId: string, number: number): string {
  return deterministicId('formVersions', formId, String(number));
}

function versionsUpTo(formId: string, number: number) {
  const numbers = Array.from({ length: number }, (_, index) => index + 1);
  return numbers.map((one) => ({ collection: 'formVersions', id: formVersionId(formId, one) }));
}

function earlierVersions(formId: string, number: number, read: CommandContext['read']): FormDefinition[] {
  return versionsUpTo(formId, number - 1).flatMap((ref) => {
    const definition = readDefinition(read(ref)?.values.definition);
    return definition.ok ? [definition.definition] : [];
  });
}
