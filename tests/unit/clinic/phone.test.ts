import { describe, expect, it } from 'vitest';
import { codeRefusal, readEnrolmentCode, signInRefusal } from '../../../app/(clinic)/device/enrolment-refusal.ts';
import { isGuessablePin } from '../../../app/(clinic)/device/pin.ts';
import { endOfDay } from '../../../app/(clinic)/sync/end-of-day.tsx';
import { firstSyncState } from '../../../app/(clinic)/sync/first-sync-state.ts';
import { refusedSummary } from '../../../app/(clinic)/sync/refused-summary.ts';
import { badgeState, PROBLEM_TEXT } from '../../../app/(clinic)/sync/sync-state.ts';
import { diskRefusal } from '../../../app/device/disk-refusal.ts';
import type { PlacedEntry } from '../../../db/device/outbox.ts';
import { SYNC_PROBLEMS, type SyncStatus } from '../../../lib/replication/sync-worker.ts';
import { en } from '../../../lib/text/labels/en/en.ts';

describe('an enrolment code', () => {
  it('is read from what was typed, pasted or scanned', () => {
    expect(readEnrolmentCode(' abcd-2345 ')).toBe('ABCD2345');
    expect(readEnrolmentCode('https://clinic.example.org/join/ABCD2345')).toBe('ABCD2345');
    expect(readEnrolmentCode('https://clinic.example.org/join/ABCD2345?x=1')).toBe('ABCD2345');
    for (const other of ['', 'ABCD234', 'ABCD23456', 'ABCD_345', 'https://example.org/p/018f3a5e'])
      expect(readEnrolmentCode(other), other).toBeNull();
  });

  it('has words for every refusal, a used code its own', () => {
    expect(codeRefusal('gone').remedy).toBe('join.codeWrongHelp');
    expect(codeRefusal('offline').title).toBe('app.offline');
    expect(signInRefusal('unauthenticated').title).toBe('join.signInWrong');
    for (const code of ['rate-limited', 'busy', 'internal', 'unsupported-version', 'never heard of']) {
      expect(en[codeRefusal(code).title], code).toBeTruthy();
      expect(en[signInRefusal(code).remedy], code).toBeTruthy();
    }
  });
});

it('PINs that are guessed first are refused', () => {
  for (const pin of ['000000', '123456', '654321', '121212', '1111', '4321'])
    expect(isGuessablePin(pin), pin).toBe(true);
  for (const pin of ['739146', '112233', '135790', '9051']) expect(isGuessablePin(pin), pin).toBe(false);
});

describe('the badge on every screen', () => {
  const none = { unsent: 0, refused: 0 };
  const status = (part: Partial<SyncStatus>): SyncStatus => ({
    state: 'idle',
    problem: null,
    firstSync: null,
    lastContactMs: 1,
    nextTryMs: null,
    digestsEqual: true,
    comparedWith: 'server',
    healed: 0,
    ...part,
  });

  it('never says that all is sent while something is only here', () => {
    expect(badgeState({ ...none, unsent: 1 }, status({}))).toBe('unsent');
    expect(badgeState({ ...none, unsent: 1 }, status({ problem: 'offline' }))).toBe('unsent');
    expect(badgeState(undefined, status({}))).toBe('unknown');
    expect(badgeState(none, status({}))).toBe('sent');
  });

  it('puts what a person must do before what passes by itself', () => {
    expect(badgeState({ ...none, unsent: 2, refused: 1 }, status({ problem: 'session-expired' }))).toBe('refused');
    expect(badgeState({ ...none, unsent: 2 }, status({ problem: 'session-expired' }))).toBe('problem');
    expect(badgeState(none, status({ problem: 'server-unreachable' }))).toBe('offline');
    const also = (conflicts: number, clockWrong: boolean) => ({ conflicts, clockWrong });
    expect(badgeState({ ...none, unsent: 2 }, status({}), also(1, true))).toBe('conflicts');
    expect(badgeState({ ...none, unsent: 2 }, status({}), also(0, true))).toBe('clock');
    expect(badgeState({ ...none, refused: 1 }, status({}), also(1, true))).toBe('refused');
    expect(badgeState(none, status({ problem: 'session-expired' }), also(1, true))).toBe('problem');
  });

  it('every problem has words and a remedy', () => {
    for (const problem of SYNC_PROBLEMS) {
      expect(en[PROBLEM_TEXT[problem].title], problem).toBeTruthy();
      expect(en[PROBLEM_TEXT[problem].remedy], problem).toBeTruthy();
    }
  });
});

it('a phone is usable when every patient has come, before the records have', () => {
  const amount = { patients: 1, records: 1 };
  const at = (stage: string) => ({ token: 't', stage, totals: amount, delivered: amount });
  expect(firstSyncState({ epoch: null, snapshot: null })).toBe('not-started');
  expect(firstSyncState({ epoch: 'e', snapshot: at('org') })).toBe('before-patients');
  expect(firstSyncState({ epoch: 'e', snapshot: at('patients') })).toBe('before-patients');
  expect(firstSyncState({ epoch: 'e', snapshot: at('recent') })).toBe('usable');
  expect(firstSyncState({ epoch: 'e', snapshot: at('charts') })).toBe('usable');
  expect(firstSyncState({ epoch: 'e', snapshot: null })).toBe('done');
});

it('a refused action is told by the change that was refused, and leads to its patient', () => {
  const change = (id: string, collection: string, recordId: string, fields: object) => ({
    ...{ id, collection, recordId, fields, at: '2026-11-21T08:00:00.000Z', author: 'nora' },
  });
  const entry = {
    action: {
      id: 'a',
      changes: [change('c1', 'events', 'e1', { patientId: 'p1' }), change('c2', 'vitals', 'v1', {})],
    },
    state: 'refused',
    refusal: { changeId: 'c2', key: null, code: 'forbidden' },
    places: [{ table: 'charts', id: 'p1' }],
  } as unknown as PlacedEntry;
  expect(refusedSummary(entry)).toEqual({
    collection: 'vitals',
    patientId: 'p1',
    code: 'forbidden',
    author: 'nora',
    at: '2026-11-21T08:00:00.000Z',
  });
  const edit = { id: 'a', changes: [change('c1', 'events', 'e1', { 'answers.cough': true })] };
  expect(refusedSummary({ ...entry, action: edit } as unknown as PlacedEntry).patientId).toBe('p1');
});

it('a full disk is told from a closed database, and neither from a fault', () => {
  expect(diskRefusal({ name: 'AbortError', inner: { name: 'QuotaExceededError' } })).toBe('storage-full');
  expect(diskRefusal({ name: 'DatabaseClosedError' })).toBe('database-closed');
  expect(diskRefusal(new Error('a fault'))).toBeNull();
});

describe('the end of the day', () => {
  const none = { unsent: 0, refused: 0, received: 0 };
  const equal = { digestsEqual: true, comparedWith: 'server' } as const;

  it('says that all is on the server only when both hold the same records', () => {
    expect(endOfDay(none, equal)).toBe('equal-to-server');
    expect(endOfDay(none, { ...equal, comparedWith: 'hub' })).toBe('equal-to-hub');
    expect(endOfDay(none, { digestsEqual: false, comparedWith: 'server' })).toBe('not-compared');
    expect(endOfDay(none, null)).toBe('not-compared');
  });

  it('does not say so of what only this phone or the hub has', () => {
    expect(endOfDay({ ...none, unsent: 1 }, equal)).toBe('only-here');
    expect(endOfDay({ ...none, refused: 1 }, equal)).toBe('only-here');
    expect(endOfDay({ ...none, received: 1 }, equal)).toBe('at-hub');
  });
});
