import { describe, expect, it } from 'vitest';
import { collectionNamed } from '../../../lib/domain/collections.ts';
import { viewId } from '../../../lib/domain/view/view.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { scopesOf } from '../../../lib/replication/scopes.ts';
import { put, registration } from '../../scenario/edits.ts';
import { aSimulatedWorld } from '../../scenario/simulated-world.ts';

const scopes = (collection: string, values: Record<string, Json>, patientClinics: string[]) =>
  scopesOf(collectionNamed(collection)!, { collection, id: 'one', values, stamps: {} }, patientClinics);

describe('the scopes of a record', () => {
  it.each([
    ['a chart’s: its patient’s clinics', 'visits', { patientId: 'p', clinicId: 'n' }, ['n', 's'], ['n:desk', 's:desk']],
    ['a chart’s whose patient is not here: none', 'visits', { patientId: 'p', clinicId: 'n' }, [], []],
    [
      'a trail’s: its own clinic, wherever its patient is',
      'views',
      { patientId: 'p', clinicId: 's' },
      ['n'],
      ['s:trail'],
    ],
    ['a clinic’s: that clinic', 'stockMovements', { clinicId: 'n' }, [], ['n:stock']],
    ['the organisation’s', 'medicines', {}, [], ['org']],
  ])('%s', (_, collection, values, patientClinics, expected) => {
    expect(scopes(collection, values, patientClinics)).toEqual(expected);
  });
});

it('a look stands in the trail of the clinic where it was, alone, also when the patient moves', async () => {
  const world = aSimulatedWorld(5);
  const { server, newId } = world;
  const [north, south] = [await world.aClinic('North'), await world.aClinic('South')];
  const sami = await world.aUser('provider', [south]);
  const patientId = newId();
  await world.atServer(registration(patientId, north));
  const view = {
    patientId,
    clinicId: south,
    userId: sami,
    screen: 'chart',
    at: '2026-11-21T08:00:00.000Z',
    grantId: null,
  };
  await world.atServer([put('views', viewId(view)!, view)], south, sami);
  const trails = () => [...server.scopes].flatMap(([id, { count }]) => (id.endsWith(':trail') ? [[id, count]] : []));
  expect(trails()).toEqual([[`${south}:trail`, 1]]);
  const id = [...server.records.values()].find((one) => one.collection === 'patientClinics')!.id;
  await world.atServer([put('patientClinics', id, { leftAt: '2026-11-21T09:00:00.000Z' })]);
  expect(trails()).toEqual([[`${south}:trail`, 1]]);
});
