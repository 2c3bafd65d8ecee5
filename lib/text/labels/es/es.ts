import type { Labels } from '../en/en.ts';
import { app } from './app.ts';
import { attention } from './attention.ts';
import { patient } from './patient.ts';
import { phone } from './phone.ts';
import { portal } from './portal.ts';
import { portalAttention } from './portal-attention.ts';
import { recordFields } from './record-fields.ts';
import { sync } from './sync.ts';
import { trust } from './trust.ts';

/** Not complete: what is missing is shown in English and counted by tests/architecture/labels.test.ts. */
export const es: Labels = {
  ...app,
  ...attention,
  ...patient,
  ...phone,
  ...portal,
  ...portalAttention,
  ...recordFields,
  ...sync,
  ...trust,
};
