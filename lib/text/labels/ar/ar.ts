import type { Labels } from '../en/en.ts';
import { admin } from './admin.ts';
import { app } from './app.ts';
import { attention } from './attention.ts';
import { codes } from './codes.ts';
import { device } from './device.ts';
import { flags } from './flags.ts';
import { form } from './form.ts';
import { medicineCodes } from './medicine-codes.ts';
import { patient } from './patient.ts';
import { phone } from './phone.ts';
import { portal } from './portal.ts';
import { portalAttention } from './portal-attention.ts';
import { recordFields } from './record-fields.ts';
import { refusals } from './refusals.ts';
import { sync } from './sync.ts';
import { trust } from './trust.ts';
import { visit } from './visit.ts';

/** Arabic: complete; a test counts 0 missing. */
export const ar: Labels = {
  ...app,
  ...attention,
  ...device,
  ...sync,
  ...patient,
  ...phone,
  ...portal,
  ...portalAttention,
  ...recordFields,
  ...visit,
  ...form,
  ...admin,
  ...codes,
  ...medicineCodes,
  ...refusals,
  ...flags,
  ...trust,
};
