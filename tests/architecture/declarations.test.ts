import { describe, expect, it } from 'vitest';
import { COLLECTIONS, collectionNamed } from '../../lib/domain/collections.ts';
import { keyKind, plainKeys } from '../../lib/replication/declaration.ts';
import { ENVELOPE_COLUMNS } from '../../lib/replication/layout.ts';

describe.each(COLLECTIONS.map((one) => [one.name, one] as const))('declaration of %s', (_, collection) => {
  it('stands in a chart exactly when it is a patient or names one; a trail stands nowhere on a phone', () => {
    const ofPatient = collection.name === 'patients' || 'patientId' in collection.fields;
    if (collection.scope === 'trail') expect(collection.place).toBe('none');
    else expect(collection.place === 'chart').toBe(ofPatient);
  });

  it('says where it belongs when its scope is a clinic', () => {
    const needsClinic = !['org', 'custody'].includes(collection.scope);
    expect(!needsClinic || 'clinicId' in collection.fields).toBe(true);
  });

  it('has groups of its own fields, each in one group, none of them keyed', () => {
    const members = Object.values(collection.groups).flat();
    expect(new Set(members).size).toBe(members.length);
    for (const member of members) expect(collection.fields[member]?.keyed).toBe('no');
  });

  it('has no field that the envelope has, and keys that can be told apart', () => {
    for (const name of Object.keys(collection.fields)) expect(ENVELOPE_COLUMNS).not.toContain(name);
    for (const key of plainKeys(collection)) expect(keyKind(collection, key)).not.toBeNull();
  });

  it('has fields that are on the list of keys it may not re-home', () => {
    for (const key of collection.fixed) expect(collection.fields[key]).toBeDefined();
  });
});

describe('the list of collections', () => {
  it('names each once, and finds it by name', () => {
    const names = COLLECTIONS.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
    for (const one of COLLECTIONS) expect(collectionNamed(one.name)).toBe(one);
  });
});
