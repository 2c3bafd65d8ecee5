import { isAdmin } from '../../lib/access/actor.ts';
import { formVersionId, publishForm } from '../../lib/domain/form/publish-form.ts';
import { json } from './answer.ts';
import { type Asked, refusedCommand } from './asked.ts';
import { BUILT_IN_FORMS, firstVersionOf } from './built-in-form-list.ts';
import { type Result, refused } from './problem.ts';
import { runCommand } from './run-command.ts';

/** `POST /api/forms/built-in`: publishes, for all clinics, the event forms that are not there yet. */
export async function publishBuiltIns({ pool, actor }: Asked): Promise<Result<Response>> {
  if (!isAdmin(actor)) return refused('forbidden');
  const published: string[] = [];
  for (const form of BUILT_IN_FORMS.filter(({ kind }) => kind === 'event')) {
    const runner = { userId: actor.userId, clinicId: null };
    const done = await runCommand(pool, publishForm, firstVersionOf(form), runner);
    if (done.ok) published.push(formVersionId(form.formId, 1));
    else if (done.refusal.kind !== 'already-exists') return refusedCommand(done.refusal);
  }
  return json({ published });
}
