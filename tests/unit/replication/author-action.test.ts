import { describe, expect, it } from 'vitest';
import { collectionNamed } from '../../../lib/domain/collections.ts';
import { createIdSource } from '../../../lib/domain/identity.ts';
import { authorAction, type Edit } from '../../../lib/replication/author-action.ts';
import { changeSchema, isCreation, MAX_ACTION_BYTES } from '../../../lib/replication/change.ts';
import { NEW_CLOCK } from '../../../lib/replication/clock.ts';
import { recordsBelow } from '../../../lib/replication/descendants.ts';
import { stampsSeenBelow } from '../../../lib/replication/losers.ts';
import { mergeChanges } from '../../../lib/replication/merge.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { aVisit, put } from '../../scenario/edits.ts';
import { aRandom } from '../../scenario/random.ts';

const newId = createIdSource({ now: () => 1_795_248_000_000, random: aRandom(1).bytes });
const [nora, sami, phone] = [newId(), newId(), newId()];

function author(
  edit: Edit,
  userId: string,
  held?: StoredRecord,
  below?: (top: StoredRecord) => readonly StoredRecord[],
) {
  const now = { deviceMs: 1_795_248_000_000, at: '2026-11-21T08:00:00.000Z', schema: 1 };
  const origin = { replicaId: phone, seq: 0, clock: NEW_CLOCK };
  const authored = authorAction([edit], () => held, { userId, clinicId: null }, origin, now, newId, below);
  return authored?.action.changes[0] ?? null;
}

describe('an authored change', () => {
  const id = newId();
  const created = author(put('patients', id, { givenName: 'Amina' }), nora)!;
  const record = mergeChanges(undefined, [created])!;

  it('that makes a record says so', () => {
    expect(isCreation(created)).toBe(true);
    expect(record.values.created).toMatchObject({ createdBy: nora });
  });

  it('of a key that nobody wrote before does not become the creation of the record', () => {
    const edit = author(put('patients', id, { camp: 'Zaatari' }), sami, record)!;
    expect(isCreation(edit)).toBe(false);
    expect(mergeChanges(record, [edit])?.values.created).toMatchObject({ createdBy: nora });
  });

  it('sets only what differs from what was held', () => {
    expect(author(put('patients', id, { givenName: 'Amina', camp: 'Zaatari' }), sami, record)?.fields).toEqual({
      camp: 'Zaatari',
    });
    expect(author(put('patients', id, { givenName: 'Amina' }), sami, record)).toBeNull();
  });

  it('writes the value that stands when it was chosen from several, and names them all', () => {
    const lost = record.stamps.givenName!.replace(/^\d/, '0');
    const seen = { givenName: [record.stamps.givenName!, lost] };
    const edit = author({ ...put('patients', id, { givenName: 'Amina' }), seen }, sami, record)!;
    expect(edit.fields).toEqual({ givenName: 'Amina' });
    expect(edit.replaced.givenName).toEqual([record.stamps.givenName, lost]);
  });

  it('is stamped after every value it replaces, even by a slow clock', () => {
    const edit = author(put('patients', id, { givenName: 'Aminah' }), sami, record)!;
    expect(edit.stamp > record.stamps.givenName!).toBe(true);
    expect(edit.replaced.givenName).toEqual([record.stamps.givenName]);
  });

  it('does not name what was written after its form opened, so that neither a value nor a delete is lost unseen', () => {
    const camp = author(put('patients', id, { camp: 'Zaatari' }), nora, record)!;
    const gone = author({ collection: 'patients', id, kind: 'delete', fields: {}, reason: 'twice' }, nora, record)!;
    const held = mergeChanges(record, [camp, gone])!;
    const seen = Object.fromEntries(Object.entries(record.stamps).map(([key, stamp]) => [key, [stamp]]));
    const edit = author({ ...put('patients', id, { camp: 'Azraq', givenName: 'Aminah' }), seen }, sami, held)!;
    expect(edit.replaced).toMatchObject({ camp: [], deleted: [], givenName: [record.stamps.givenName] });
    expect(isCreation(edit)).toBe(false);
    expect(edit.stamp > held.stamps.camp!).toBe(true);
  });

  it('that deletes names every key it saw', () => {
    const edit = author({ collection: 'patients', id, kind: 'delete', fields: {}, reason: 'twice' }, sami, record)!;
    expect(Object.keys(edit.replaced).sort()).toEqual(['created', 'deleted', 'givenName']);
  });

  it('that deletes names every write below that its author held, in an action that can travel', () => {
    const chart = Array.from({ length: 6000 }, () => {
      const visit = author(aVisit(newId(), id, newId()), nora)!;
      const held = mergeChanges(undefined, [visit])!;
      return mergeChanges(held, [author(put('visits', visit.recordId, { reason: 'pain' }), nora, held)!])!;
    });
    const below = (top: StoredRecord) => recordsBelow(collectionNamed, top, chart);
    const gone = author(
      { collection: 'patients', id, kind: 'delete', fields: {}, reason: 'twice' },
      sami,
      record,
      below,
    )!;
    expect(changeSchema.parse(gone)).toEqual(gone);
    const held = new Set(chart.flatMap(({ stamps }) => Object.values(stamps)));
    expect(held.size).toBe(12_000);
    expect(stampsSeenBelow([gone])).toEqual(held);
    expect(JSON.stringify(gone).length).toBeLessThan(MAX_ACTION_BYTES);
    const restored = author({ ...gone, id, kind: 'restore' }, sami, record, below)!;
    expect(stampsSeenBelow([{ ...restored, kind: 'delete' }]).size).toBe(0);
  });
});
