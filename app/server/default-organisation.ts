import type pg from 'pg';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { put } from '../../lib/domain/command.ts';
import { ORGANISATION_ID } from '../../lib/domain/organisation/organisation.ts';
import { organisationFields } from './organisation-fields.ts';
import { editAsServer } from './server-author.ts';

/** Makes the organisation's record where there is none, so that phones have settings before anyone has chosen any. */
export async function ensureOrganisation(pool: pg.Pool, name = 'My clinics'): Promise<void> {
  const { replicaId, root } = await readIdentity(pool);
  if (!root) return;
  const ref = { collection: 'organisation', id: ORGANISATION_ID };
  await editAsServer(pool, replicaId, ref, 'the organisation', ({ read }) =>
    read(ref) === undefined ? [put('organisation', ORGANISATION_ID, organisationFields(name))] : null,
  );
}
