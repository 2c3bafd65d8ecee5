import { expect, it } from 'vitest';
import { collectionNamed } from '../../../lib/domain/collections.ts';
import { isValidValue } from '../../../lib/replication/malformed.ts';
import { aBusyPhone } from '../../bench/generated-actions.ts';

it('generated patients are such as every replica accepts, field by field', () => {
  const phone = aBusyPhone(9, '018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b01', '018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b02');
  const changes = Array.from({ length: 300 }, () => phone.aRegistration().action.changes).flat();
  const refused = changes.flatMap(({ collection, fields }) =>
    Object.entries(fields).filter(([key, value]) => !isValidValue(collectionNamed(collection)!, key, value)),
  );
  expect(refused).toEqual([]);
  const groups = new Set(changes.map(({ fields }) => fields.bloodGroup ?? null).filter((group) => group !== null));
  expect(groups.size).toBe(4);
});
