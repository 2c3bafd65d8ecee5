import { describe, expect, it } from 'vitest';
import { deterministicId } from '../../../lib/domain/identity.ts';
import type { Edit } from '../../../lib/replication/author-action.ts';
import { emptiedAction } from '../../../lib/replication/emptied.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { aJudge } from '../../scenario/a-judge.ts';
import { aVisit, membership, put, registration, someVitals } from '../../scenario/edits.ts';

const remove = (collection: string, id: string, kind: 'delete' | 'restore' | 'erase' = 'delete'): Edit => ({
  ...{ collection, id, kind, fields: {}, reason: 'entered in error' },
});
const nothing = () => undefined;

function aPatientOfNorth() {
  const judge = aJudge();
  const nora = judge.someone(judge.clinics.north);
  const sami = judge.someone(judge.clinics.south);
  const patientId = judge.newId();
  expect(judge.does(nora, ...registration(patientId, judge.clinics.north))).toBe('applied');
  return { ...judge, nora, sami, patientId, north: judge.clinics.north, south: judge.clinics.south };
}

describe('author forged', () => {
  it('is refused when he never signed in on the sending device', () => {
    const { author, judge, nora, sami, patientId } = aPatientOfNorth();
    const action = author(nora, [put('patients', patientId, { phone: '1' })]);
    expect(judge(action, [sami.userId])).toBe('forbidden');
  });

  it('is refused for a collection that nobody here knows yet, too', () => {
    const { author, judge, forged, nora, sami, newId } = aPatientOfNorth();
    const made = author(nora, [put('spaceships', newId(), { name: 'Rocinante' })]);
    const action = forged(made, { schema: 99 });
    expect(judge(action, [sami.userId])).toBe('forbidden');
    expect(judge(action, [nora.userId])).toBe('held');
  });
});

describe("another clinic's record", () => {
  it('edited, deleted or re-homed: refused, and as it was', () => {
    const { does, record, sami, patientId, south } = aPatientOfNorth();
    const before = record('patients', patientId);
    expect(does(sami, put('patients', patientId, { phone: '1' }))).toBe('not-in-your-clinic');
    expect(does(sami, remove('patients', patientId))).toBe('not-in-your-clinic');
    expect(does(sami, remove('patients', patientId, 'erase'))).toBe('not-in-your-clinic');
    expect(does(sami, put('patients', patientId, { clinicId: south }))).toBe('immutable clinicId');
    expect(record('patients', patientId)).toEqual(before);
  });

  it('made under its name: refused', () => {
    const { does, sami, newId, north } = aPatientOfNorth();
    expect(does(sami, ...registration(newId(), north))).toBe('not-in-your-clinic');
  });

  it('re-homed by who may write in both', () => {
    const { does, someone, patientId, north, south, newId } = aPatientOfNorth();
    const both = someone(north, ['edit-records', 'register-patients'], {
      flags: { [north]: ['edit-records', 'register-patients'], [south]: ['edit-records', 'register-patients'] },
    });
    const visitId = newId();
    expect(does(both, aVisit(visitId, patientId, north))).toBe('applied');
    expect(does(both, put('visits', visitId, { clinicId: south }))).toBe('immutable clinicId');
    expect(does(both, put('visits', visitId, { patientId: newId() }))).toBe('immutable patientId');
  });
});

describe('a record that is not here', () => {
  it('is not made by an edit that claims to have seen it: what a record needs would be missing', () => {
    const { author, judge, forged, record, nora, newId, north } = aPatientOfNorth();
    const id = newId();
    const made = author(nora, [put('visits', id, { clinicId: north, kind: 'home' })], nothing);
    const stamp = made.changes[0]!.stamp;
    const claimed = forged(made, { replaced: { deleted: [], kind: [`0${stamp.slice(1)}`] } });
    expect(judge(claimed)).toMatch(/^invalid/);
    expect(record('visits', id)).toBeUndefined();
  });

  it.each(['delete', 'restore'] as const)('is not the aim of a %s', (kind) => {
    const { author, judge, record, someone, north, newId } = aPatientOfNorth();
    const admin = someone(north, [], { role: 'super_admin' });
    const id = newId();
    expect(judge(author(admin, [remove('patients', id, kind)], nothing))).toBe('invalid');
    expect(record('patients', id)).toBeUndefined();
  });

  it('is erased by who may erase, where he may act, and nothing fills it afterwards', () => {
    const { author, judge, record, someone, nora, north, south, newId } = aPatientOfNorth();
    const admin = someone(north, [], { role: 'super_admin' });
    const [patientId, versionId] = [newId(), newId()];
    expect(judge(author(nora, [remove('patients', patientId, 'erase')], nothing))).toBe('forbidden');
    expect(record('patients', patientId)).toBeUndefined();
    for (const [collection, id] of [
      ['patients', patientId],
      ['formVersions', versionId],
    ] as const)
      expect(judge(author(admin, [remove(collection, id, 'erase')], nothing))).toBe('applied');
    const undone = author(nora, [put('patients', patientId, { clinicId: north, erased: false })], nothing);
    expect(judge(undone)).toBe('invalid erased');
    expect(judge(author(someone(south), registration(patientId, south), nothing))).toBe('not-in-your-clinic');
    expect(judge(author(nora, registration(patientId, north, { phone: '12345' }), nothing))).toBe('applied');
    const moved = author(
      someone(south, [], { role: 'admin' }),
      [put('patients', patientId, { clinicId: south })],
      nothing,
    );
    expect(judge(moved)).toBe('immutable clinicId');
    expect(judge(author(admin, [put('formVersions', versionId, { number: 12345 })], nothing))).toBe('applied');
    expect(record('formVersions', versionId)?.values).not.toHaveProperty('number');
    expect(record('patients', patientId)?.values).toMatchObject({ erased: true, clinicId: north });
    expect(JSON.stringify(record('patients', patientId))).not.toContain('12345');
  });
});

describe('a change that was emptied because its record is erased', () => {
  it('makes, writes and moves nothing, and is refused only for who brings it or what it smuggles in', () => {
    const { author, judge, forged, record, records, someone, nora, sami, patientId, north, south, newId } =
      aPatientOfNorth();
    const [visitId, otherId] = [newId(), newId()];
    const emptied = (...edits: Edit[]) => emptiedAction(author(nora, edits), () => true);
    const made = emptied(aVisit(visitId, patientId, north, { reason: 'cough' }));
    expect(judge(made, [sami.userId])).toBe('forbidden');
    expect(judge(forged(made, { clinicId: south }))).toBe('not-in-your-clinic');
    expect(judge(forged(made, { fields: { patientId, clinicId: north, reason: 'cough' } }))).toBe('invalid reason');
    expect(judge(forged(made, { fields: { patientId: { reason: 'cough' }, clinicId: north } }))).toBe(
      'invalid patientId',
    );
    expect(judge(forged(made, { collection: 'patients' }))).toBe('unknown-field patientId');
    const before = new Map(records);
    expect(judge(made)).toBe('applied');
    expect(judge(emptied(put('patients', patientId, { phone: '1' })))).toBe('applied');
    expect(records).toEqual(before);
    const admin = someone(north, [], { role: 'super_admin' });
    for (const id of [visitId, otherId]) judge(author(admin, [remove('visits', id, 'erase')], nothing));
    const elsewhere = emptied(aVisit(otherId, patientId, south));
    expect(judge(elsewhere)).toBe('applied');
    expect(record('visits', otherId)?.values).not.toHaveProperty('clinicId');
    expect(judge(made)).toBe('applied');
    expect(judge(forged(made, { fields: { patientId: newId(), clinicId: north } }))).toBe('applied');
    expect(record('visits', visitId)?.values).toMatchObject({ erased: true, patientId, clinicId: north });
  });
});

describe('an edit that writes only what nobody wrote before', () => {
  it('leaves who made the record, and when, as it was', () => {
    const { does, someone, record, patientId, north, newId, nora } = aPatientOfNorth();
    const other = someone(north);
    const created = record('patients', patientId)!.values.created;
    expect(does(other, put('patients', patientId, { phone: '12' }))).toBe('applied');
    expect(does(other, put('patients', patientId, { 'attributes.tent': 'B' }))).toBe('applied');
    expect(record('patients', patientId)!.values.created).toEqual(created);
    expect(created).toMatchObject({ createdBy: nora.userId });
    const visitId = newId();
    expect(does(nora, aVisit(visitId, patientId, north))).toBe('applied');
    const station = { station: null, stationState: 'waiting', stationSince: null };
    expect(does(other, put('visits', visitId, { station }))).toBe('applied');
    expect(record('visits', visitId)!.values.created).toMatchObject({ createdBy: nora.userId });
  });
});

describe('an id that follows from what the record stands for', () => {
  const others = (ids: { patientId: string; north: string; newId: () => string; userId: string }) => {
    const { patientId, north, newId, userId } = ids;
    const appointmentId = newId();
    const departmentId = newId();
    const otherPatientId = newId();
    const seen = { status: 'waiting', seenAt: null, seenBy: null };
    const place = { patientId, clinicId: north };
    const pair = [patientId, otherPatientId].sort() as [string, string];
    return [
      ['permissions', deterministicId('permissions', userId, north), { userId, clinicId: north }],
      ['patientClinics', deterministicId('patientClinics', patientId, north), { ...place, since: '2026' }],
      [
        'appointmentDepartments',
        deterministicId('appointmentDepartments', appointmentId, departmentId),
        { ...place, appointmentId, departmentId, seen },
      ],
      [
        'patientLinks',
        deterministicId('patientLinks', ...pair, 'not-duplicate'),
        { ...place, otherPatientId, kind: 'not-duplicate' },
      ],
    ] as [string, string, Record<string, Json>][];
  };

  it('is the only id that such a record can stand under', () => {
    const { does, someone, patientId, north, newId, nora } = aPatientOfNorth();
    const admin = someone(north, [], { role: 'admin' });
    for (const [collection, id, fields] of others({ patientId, north, newId, userId: nora.userId })) {
      expect([collection, does(admin, put(collection, newId(), fields))]).toEqual([collection, 'invalid id']);
      expect([collection, does(admin, put(collection, id, fields))]).toEqual([collection, 'applied']);
    }
  });

  it('is not taken by another record: a membership of South under the id of one of North', () => {
    const { does, sami, newId, north, south } = aPatientOfNorth();
    const patientId = newId();
    const squat = { ...membership(patientId, south), id: deterministicId('patientClinics', patientId, north) };
    expect(does(sami, squat)).toBe('invalid id');
  });

  it('keeps a permission with its user: nobody hands his row to another', () => {
    const { does, someone, newId, north, record } = aPatientOfNorth();
    const chief = someone(north, ['clinic-admin']);
    const admin = someone(north, [], { role: 'admin' });
    const id = deterministicId('permissions', chief.userId, north);
    const row = { userId: chief.userId, clinicId: north, 'flags.clinic-admin': true };
    expect(does(admin, put('permissions', id, row))).toBe('applied');
    expect(does(chief, put('permissions', id, { userId: newId() }))).toBe('invalid id');
    expect(record('permissions', id)!.values.userId).toBe(chief.userId);
  });

  it('is free where records are not one of a kind: any link but "not a duplicate"', () => {
    const { does, nora, patientId, north, newId } = aPatientOfNorth();
    const link = { patientId, clinicId: north, otherPatientId: newId(), kind: 'mother' };
    expect(does(nora, put('patientLinks', newId(), link))).toBe('applied');
  });
});

describe('rights that a change borrows', () => {
  it('a user deletes himself: refused', () => {
    const { does, someone, north, nora } = aPatientOfNorth();
    const root = someone(north, [], { role: 'super_admin' });
    const user = { name: 'Nora', role: 'provider', language: 'en', clinicId: north };
    expect(does(root, put('users', nora.userId, user))).toBe('applied');
    expect(does(nora, put('users', nora.userId, { language: 'ar' }))).toBe('applied');
    for (const kind of ['delete', 'erase'] as const)
      expect(does(nora, remove('users', nora.userId, kind))).toBe('forbidden');
  });

  it('a clinic admin edits his clinic; he does not delete it', () => {
    const { does, someone, north } = aPatientOfNorth();
    const root = someone(north, [], { role: 'super_admin' });
    const chief = someone(north, ['clinic-admin']);
    expect(does(root, put('clinics', north, { name: 'North', code: 'N', timeZone: 'UTC' }))).toBe('applied');
    expect(does(chief, put('clinics', north, { name: 'Camp North' }))).toBe('applied');
    for (const kind of ['delete', 'erase'] as const)
      expect(does(chief, remove('clinics', north, kind))).toBe('forbidden');
  });

  it('what cannot be taken back, erasing, is an administrator’s', () => {
    const { does, someone, nora, north, patientId } = aPatientOfNorth();
    expect(does(nora, remove('patients', patientId, 'erase'))).toBe('forbidden');
    expect(does(nora, remove('patients', patientId))).toBe('applied');
    expect(does(nora, remove('patients', patientId, 'restore'))).toBe('applied');
    const admin = someone(north, [], { role: 'admin' });
    expect(does(admin, remove('patients', patientId, 'erase'))).toBe('applied');
  });

  it('somebody deactivated: his clinical work is still taken, his administration is not', () => {
    const { does, someone, north, patientId, nora } = aPatientOfNorth();
    const gone = someone(north, [], { role: 'super_admin', active: false });
    const grant = { userId: nora.userId, clinicId: north, 'flags.clinic-admin': true };
    const id = deterministicId('permissions', nora.userId, north);
    expect(does(gone, put('permissions', id, grant))).toBe('forbidden');
    const user = { name: 'Gone', role: 'super_admin', language: 'en', deactivatedAt: null };
    expect(does(gone, put('users', gone.userId, user))).toBe('forbidden');
    expect(does(gone, put('patients', patientId, { phone: '5' }))).toBe('applied');
  });

  it('a registrar merges his own registration into another patient: refused', () => {
    const { does, someone, north, newId, nora, patientId } = aPatientOfNorth();
    const registrar = someone(north, ['register-patients']);
    const own = newId();
    expect(does(registrar, ...registration(own, north))).toBe('applied');
    expect(does(registrar, put('patients', own, { village: 'Saida' }))).toBe('applied');
    expect(does(registrar, put('patients', own, { mergedIntoId: patientId }))).toBe('forbidden');
    expect(does(registrar, ...registration(newId(), north, { mergedIntoId: patientId }))).toBe('forbidden');
    expect(does(nora, put('patients', own, { mergedIntoId: patientId }))).toBe('applied');
  });

  it('a phone makes a conflict: refused, they are noticed by feed replicas', () => {
    const { does, nora, patientId, north, newId } = aPatientOfNorth();
    const about = { collection: 'patients', recordId: patientId, key: 'phone', kept: 1, lost: 2 };
    const conflict = { ...about, patientId, clinicId: north, kind: 'parallel-edit', status: 'open' };
    expect(does(nora, put('conflicts', newId(), conflict))).toBe('forbidden');
  });
});

describe('what a record must be', () => {
  it('a patient keeps a name, whichever of the two is cleared last', () => {
    const { does, nora, patientId } = aPatientOfNorth();
    expect(does(nora, put('patients', patientId, { givenName: null }))).toBe('applied');
    expect(does(nora, put('patients', patientId, { familyName: null }))).toBe('invalid givenName');
    expect(does(nora, put('patients', patientId, { phone: '7' }))).toBe('applied');
  });

  it('a record does not grow past its limit, however small each edit is', () => {
    const { does, nora, patientId, record } = aPatientOfNorth();
    const said = new Set<string>();
    for (let n = 0; n < 40; n++)
      said.add(does(nora, put('patients', patientId, { [`attributes.a${n}`]: 'x'.repeat(4000) })));
    expect([...said]).toEqual(['applied', 'too-large']);
    expect(JSON.stringify(record('patients', patientId)!.values).length).toBeLessThanOrEqual(64 * 1024);
    expect(does(nora, put('patients', patientId, { 'attributes.a0': null }))).toBe('applied');
  });

  it('a limit counts bytes, not letters', () => {
    const { does, nora, patientId } = aPatientOfNorth();
    const amharic = { 'attributes.a': 'ሀ'.repeat(30_000) };
    expect(does(nora, put('patients', patientId, amharic))).toBe('too-large');
  });

  it('the definition of a large form fits: 256 KB', () => {
    const { does, someone, north, newId } = aPatientOfNorth();
    const admin = someone(north, [], { role: 'admin' });
    const version = { formId: newId(), number: 1, publishedAt: '2026-11-21T08:00:00.000Z', engine: 1 };
    const of = (bytes: number) => put('formVersions', newId(), { ...version, definition: 'x'.repeat(bytes) });
    expect(does(admin, of(250 * 1024))).toBe('applied');
    expect(does(admin, of(270 * 1024))).toBe('too-large');
  });

  it('a reason is text that people can read: not empty, no NUL, no half letter, 300 letters at most', () => {
    const { author, judge, forged, nora, patientId, north, newId } = aPatientOfNorth();
    const id = newId();
    const measured = (weightKg: number) => someVitals(id, patientId, north, nora.userId, { weightKg });
    expect(judge(author(nora, [measured(60)]))).toBe('applied');
    const correction = () => author(nora, [put('vitals', id, { weightKg: 61 })]);
    for (const reason of ['', '  ', 'a\0b', '\ud800', 'x'.repeat(301), '😀'.repeat(301)])
      expect([reason.length, judge(forged(correction(), { reason }))]).toEqual([reason.length, 'invalid reason']);
    expect(judge(forged(correction(), { reason: '😀'.repeat(300) }))).toBe('applied');
  });

  it('no NUL and no half letter, however deep in a value, in a name or in what only a newer version knows', () => {
    const { author, judge, forged, does, nora, patientId } = aPatientOfNorth();
    for (const bad of ['a\0b', 'a\ud83d b', '\udc00']) {
      for (const value of [bad, [bad], { a: [{ b: bad }] }, { [bad]: 1 }])
        expect(does(nora, put('patients', patientId, { 'attributes.note': value }))).toBe('invalid attributes.note');
      expect(does(nora, put('patients', patientId, { [`attributes.${bad}`]: 1 }))).toBe(`invalid attributes.${bad}`);
      const newer = author(nora, [put('patients', patientId, { shoeSize: { eu: bad } })]);
      expect(judge(forged(newer, { schema: 99 }))).toBe('invalid shoeSize');
    }
    expect(does(nora, put('patients', patientId, { 'attributes.note': { a: ['😀 ا', 1, null] } }))).toBe('applied');
  });

  it('numbers are kept as they were given: minus nothing is nothing, more decimals than stored are refused', () => {
    const { does, nora, patientId, north, newId } = aPatientOfNorth();
    const measured = (fields: Record<string, Json>) =>
      does(nora, someVitals(newId(), patientId, north, nora.userId, fields));
    expect(measured({ weightKg: 12.345 })).toBe('applied');
    expect(measured({ weightKg: 12.3456 })).toBe('invalid weightKg');
    expect(measured({ weightKg: 1e308 })).toBe('invalid weightKg');
    expect(measured({ weightKg: -0 })).toBe('invalid weightKg');
    expect(measured({ painScore: -0 })).toBe('applied');
    expect(measured({ pulsePerMin: 60.5 })).toBe('invalid pulsePerMin');
    expect(measured({ occurredOn: '2026-02-30' })).toBe('invalid occurredOn');
  });
});
