import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import { importDataKey, newDataKeyBytes } from '../../../db/device/data-key.ts';
import { openDeviceDatabase } from '../../../db/device/device-database.ts';
import { listDrafts, readDraft, removeDraft, saveDraft } from '../../../db/device/drafts.ts';

const PATIENT = '01a1fd1e-8c00-7000-8000-0000000000a1';
const [NORA, SAMI] = ['01a1fd1e-8c00-7000-8000-0000000000b1', '01a1fd1e-8c00-7000-8000-0000000000b2'];

it('two users of a phone edit one patient: each keeps, reads and gives up only what he typed', async () => {
  const database = openDeviceDatabase('strict', 'drafts-of-two');
  const key = await importDataKey(newDataKeyBytes());
  const draft = (author: string, content: string) => ({ id: PATIENT, author, savedAtMs: 1, content });
  await saveDraft(database, key, draft(NORA, 'by Nora'));
  await saveDraft(database, key, draft(SAMI, 'by Sami'));
  expect(await readDraft(database, key, PATIENT, NORA)).toEqual(draft(NORA, 'by Nora'));
  await removeDraft(database, PATIENT, SAMI);
  expect(await readDraft(database, key, PATIENT, SAMI)).toBeNull();
  expect(await listDrafts(database, key, NORA)).toEqual([draft(NORA, 'by Nora')]);
  database.close();
});
