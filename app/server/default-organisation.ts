import type pg from 'pg';
import { authorEdits } from '../../db/postgres/author-edits.ts';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { put } from '../../lib/domain/command.ts';
import { ORGANISATION_ID } from '../../lib/domain/organisation/organisation.ts';
import { organisationFields } from './organisation-fields.ts';
import { serverAsFounder } from './server-author.ts';

/** Makes the organisation's record where there is none, so that phones have settings before anyone has chosen any. */
export async function ensureOrganisation(pool: pg.Pool, name = 'My clinics'): Promise<void> {
  const { replicaId, root } = await readIdentity(pool);
  if (!root) return;
  const ref = { collection: 'organisation', id: ORGANISATION_ID };
  const { userId, clinicId, founder } = serverAsFounder(replicaId);
  const outcome = await authorEdits(pool, {
    author: { userId, clinicId },
    founder,
    needs: [ref],
    decide: ({ read }) =>
      read(ref) === undefined ? [put('organisation', ORGANISATION_ID, organisationFields(name))] : null,
  });
  if (outcome !== null && outcome.result !== 'applied')
    throw new Error(`the organisation was refused: ${outcome.refusal?.code}`);
}
