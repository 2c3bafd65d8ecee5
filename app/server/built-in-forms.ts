import type pg from 'pg';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { publishForm } from '../../lib/domain/form/publish-form.ts';
import { BUILT_IN_FORMS, firstVersionOf } from './built-in-form-list.ts';
import { runCommand } from './run-command.ts';
import { serverAsFounder } from './server-author.ts';

const AT_ONCE = BUILT_IN_FORMS.filter(({ atOnce }) => atOnce);

/**
 * Publishes the registration form and the general consultation where nobody ever has, so that a fresh organisation can
 * register patients at once. What somebody changed, archived or deleted stays so. A relay gets them from its server.
 */
export async function ensureBuiltInForms(pool: pg.Pool): Promise<void> {
  const identity = await readIdentity(pool);
  if (!identity.root) return;
  const held = await readByIds(
    pool,
    AT_ONCE.map(({ formId }) => ({ collection: 'forms', id: formId })),
  );
  for (const one of AT_ONCE) {
    if (held.some((form) => form.id === one.formId)) continue;
    const result = await runCommand(pool, publishForm, firstVersionOf(one), serverAsFounder(identity.replicaId));
    // Another process of this server may have been quicker.
    if (!result.ok && result.refusal.kind !== 'already-exists')
      throw new Error(`the built-in form ${one.definition.title.en} was refused: ${result.refusal.kind}`);
  }
}
