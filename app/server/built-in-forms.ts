import type pg from 'pg';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { publishForm } from '../../lib/domain/form/publish-form.ts';
import { generalConsultation } from '../../lib/form/built-in/general-consultation.ts';
import { registrationForm } from '../../lib/form/built-in/registration.ts';
import { GENERAL_CONSULTATION_FORM, REGISTRATION_FORM } from './built-in-form-ids.ts';
import { runCommand } from './run-command.ts';
import { serverAsFounder } from './server-author.ts';

const BUILT_IN = [
  { formId: REGISTRATION_FORM, kind: 'registration', definition: registrationForm },
  { formId: GENERAL_CONSULTATION_FORM, kind: 'event', definition: generalConsultation },
] as const;

/**
 * Publishes the registration form and the general consultation where nobody ever has, so that a fresh organisation can
 * register patients at once. What somebody changed, archived or deleted stays so. A relay gets them from its server.
 */
export async function ensureBuiltInForms(pool: pg.Pool): Promise<void> {
  const identity = await readIdentity(pool);
  if (!identity.root) return;
  const held = await readByIds(
    pool,
    BUILT_IN.map(({ formId }) => ({ collection: 'forms', id: formId })),
  );
  for (const { formId, kind, definition } of BUILT_IN) {
    if (held.some((form) => form.id === formId)) continue;
    const input = { formId, kind, name: definition.title, number: 1, definition, editable: true, clinicIds: [] };
    const result = await runCommand(pool, publishForm, input, serverAsFounder(identity.replicaId));
    // Another process of this server may have been quicker.
    if (!result.ok && result.refusal.kind !== 'already-exists')
      throw new Error(`the built-in form ${definition.title.en} was refused: ${result.refusal.kind}`);
  }
}
