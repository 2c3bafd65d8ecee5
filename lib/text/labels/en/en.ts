/** The English labels: the keys that exist, and what any other language falls back to. A new area is one import and one spread. */
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

export const en = {
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

/** A label key: `area.thing`. Typed from the English files, so a misspelt key does not compile. */
export type LabelKey = keyof typeof en;

/** What another language gives: any part of the keys; the rest is shown in English and counted by a test. */
export type Labels = Readonly<Partial<Record<LabelKey, string>>>;
