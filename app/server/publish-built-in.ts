import { isAdmin } from '../../lib/access/actor.ts';
import { formVersionId, publishForm } from '../../lib/domain/form/publish-form.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import { antenatalVisit } from '../../lib/form/built-in/antenatal-visit.ts';
import { childVisit } from '../../lib/form/built-in/child-visit.ts';
import { generalConsultation } from '../../lib/form/built-in/general-consultation.ts';
import { json } from './answer.ts';
import { type Asked, refusedCommand } from './asked.ts';
import { type Result, refused } from './problem.ts';
import { runCommand } from './run-command.ts';

/** The event forms that come with the program, by the word their ids are made of (data.md §7). */
const BUILT_IN = {
  'general-consultation': generalConsultation,
  'child-visit': childVisit,
  'antenatal-visit': antenatalVisit,
} as const;

/** `POST /api/forms/built-in`: publishes, for all clinics, those that are not there yet. */
export async function publishBuiltIns({ pool, actor }: Asked): Promise<Result<Response>> {
  if (!isAdmin(actor)) return refused('forbidden');
  const published: string[] = [];
  for (const [slug, definition] of Object.entries(BUILT_IN)) {
    const formId = deterministicId('forms', slug);
    const input = { formId, kind: 'event', name: definition.title, number: 1, definition, editable: true };
    const runner = { userId: actor.userId, clinicId: null };
    const done = await runCommand(pool, publishForm, { ...input, clinicIds: [] }, runner);
    if (done.ok) published.push(formVersionId(formId, 1));
    else if (done.refusal.kind !== 'already-exists') return refusedCommand(done.refusal);
  }
  return json({ published });
}
