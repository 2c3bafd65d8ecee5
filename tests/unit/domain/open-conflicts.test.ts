import { describe, expect, it } from 'vitest';
import { disputedDeletions, openConflicts } from '../../../lib/domain/conflict/conflict.ts';
import { patientCard, patientOfChart, patientSummary } from '../../../lib/domain/patient/patient-card.ts';
import type { Json } from '../../../lib/replication/json.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { makeStamp, type Stamp } from '../../../lib/replication/stamp.ts';

const ID = '018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b5c';
const stamp = (ms: number): Stamp => makeStamp({ ms, counter: 0 }, ID);
const record = (collection: string, id: string, values: Record<string, Json>, ms = 1): StoredRecord => ({
  ...{ collection, id, values, stamps: { clinicId: stamp(ms) } },
});
const deleted = { deleted: { deletedAt: '2026-11-21T08:00:00.000Z', deletedBy: 'u', deletedReason: null } };
const patient = (values: Record<string, Json> = {}) => record('patients', 'p', { givenName: 'Amina', ...values });
const conflict = (id: string, about: [string, string], values: Record<string, Json> = {}, ms = 1) =>
  record(
    'conflicts',
    id,
    { kind: 'parallel-edit', status: 'open', collection: about[0], recordId: about[1], ...values },
    ms,
  );

describe('the open conflicts of a chart', () => {
  it('are those that nobody decided, the newest first', () => {
    const chart = [
      patient(),
      conflict('old', ['patients', 'p'], {}, 1),
      conflict('new', ['visits', 'v'], {}, 5),
      conflict('decided', ['patients', 'p'], { status: 'resolved' }, 9),
      conflict('taken away', ['patients', 'p'], deleted, 9),
    ];
    expect(openConflicts(chart).map(({ id }) => id)).toEqual(['new', 'old']);
    expect(patientCard(chart, false)?.openConflicts).toBe(2);
  });

  it('keep a deleted patient in sight only while the deletion is in question', () => {
    const dispute = (values: Record<string, Json> = {}) =>
      conflict('c', ['patients', 'p'], { kind: 'edit-and-delete', ...values });
    expect(patientOfChart([patient(deleted)])).toBeNull();
    expect(patientOfChart([patient(deleted), dispute()])?.givenName).toBe('Amina');
    expect(patientSummary([patient(deleted), dispute()])?.id).toBe('p');
    expect(patientCard([patient(deleted), dispute({ status: 'resolved' })], false)).toBeNull();
    expect(patientCard([patient(deleted), conflict('c', ['patients', 'p'])], false)).toBeNull();
    expect([...disputedDeletions([dispute(), conflict('d', ['visits', 'v'])])]).toEqual(['patients/p']);
  });
});
