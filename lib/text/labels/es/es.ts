import type { Labels } from '../en/en.ts';
import { app } from './app.ts';
import { patient } from './patient.ts';
import { phone } from './phone.ts';
import { portal } from './portal.ts';
import { sync } from './sync.ts';
import { portalAttention } from './portal-attention.ts';
import { recordFields } from './record-fields.ts';

/** Not complete: what is missing is shown in English and counted by tests/architecture/labels.test.ts. */
export const es: Labels = {
  ...app,
  ...patient,
  ...phone,
  ...portal,
  ...sync,
};
  ...portalAttention,
  ...recordFields,
