import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIdSource, deterministicId, isUuid, last48Bits, uuidSchema } from '../../../lib/domain/identity.ts';

const PATIENT = '018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b5c';
const CLINIC = '018f3a5e-0000-7000-8000-000000000001';

describe('deterministic ids', () => {
  test.each([
    [['organisation'], '9f47ea4e-e72a-5d7b-a402-6e9ef0b5fa2e'],
    [['forms', 'general-consultation'], '2f8f5350-ddee-5cc5-99d7-a8153b979a1b'],
    [['patientClinics', PATIENT, CLINIC], 'c9351b6c-156e-5eac-aa80-4ce14ebdc581'],
    [['patientClinics', PATIENT.toUpperCase(), CLINIC], 'c9351b6c-156e-5eac-aa80-4ce14ebdc581'],
  ])('%j → %s', ([collection, ...parts], id) => expect(deterministicId(collection ?? '', ...parts)).toBe(id));

  test('fields that differ only in their letters stay two', () => {
    expect(deterministicId('conflicts', PATIENT, 'a')).not.toBe(deterministicId('conflicts', PATIENT, 'A'));
  });

  test('a part cannot pretend to be two', () => {
    expect(() => deterministicId('conflicts', 'a|b')).toThrow(TypeError);
  });
});

describe('the source of ids', () => {
  const seeded = (times: readonly number[], fill: number) => {
    let call = 0;
    return createIdSource({
      now: () => times[Math.min(call++, times.length - 1)] ?? 0,
      random: (bytes) => new Uint8Array(bytes).fill(fill),
    });
  };

  test('writes version 7 with the time in front and the random bytes behind', () => {
    expect(seeded([0x018f3a5e7b2c], 0xff)()).toBe('018f3a5e-7b2c-77ff-bfff-ffffffffffff');
    expect(seeded([0], 0)()).toBe('00000000-0000-7000-8000-000000000000');
  });

  test('never goes backwards, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { minLength: 2, maxLength: 50 }), fc.nat(255), (times, fill) => {
        const next = seeded(times, fill);
        const ids = times.map(() => next());
        expect([...ids].sort()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) expect(isUuid(id)).toBe(true);
      }),
    );
  });

  test('ten thousand ids in one millisecond stay in order', () => {
    const next = seeded([1_700_000_000_000], 0xff);
    let before = '';
    for (let i = 0; i < 10_000; i += 1) {
      const id = next();
      expect(id > before).toBe(true);
      before = id;
    }
  });
});

test('the last 48 bits are the random end', () => expect(last48Bits(PATIENT)).toBe('5c1e2f3a4b5c'));

test('ids of other versions are kept; upper case and other shapes are refused', () => {
  for (const id of ['00000000-0000-0000-0000-000000000000', '550e8400-e29b-41d4-a716-446655440000', PATIENT]) {
    expect(uuidSchema.safeParse(id).success).toBe(true);
  }
  for (const id of [PATIENT.toUpperCase(), `{${PATIENT}}`, PATIENT.replaceAll('-', ''), '', null]) {
    expect(uuidSchema.safeParse(id).success).toBe(false);
  }
});
