import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatHumanCode, humanCode, readCardText, readHumanCode } from '../../../lib/domain/human-code.ts';

const ID = '018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b5c';
const anyCode = fc.uuid().map((id) => humanCode(id));

describe('the human code', () => {
  test('is the vector of the data design', () => {
    expect(humanCode(ID)).toBe('1135747488');
    expect(formatHumanCode('1135747488')).toBe('113 574 748 8');
  });

  test('uses the published Damm table (572 has check digit 4)', () => {
    // 0000000572 would be the nine digits 000000057 and a check digit; leading zeros do not change Damm's result.
    expect(readHumanCode('0000005724')).toBe('0000005724');
    expect(readHumanCode('0000005723')).toBeNull();
  });

  test('keeps its leading zeros', () => {
    expect(humanCode('00000000-0000-4000-8000-000000000001')).toMatch(/^000000001\d$/);
  });

  test.each([
    '113 574 748 8',
    '113-574-748-8',
    ' 1135747488 ',
    '١١٣ ٥٧٤ ٧٤٨ ٨',
    '۱۱۳۵۷۴۷۴۸۸',
    '\u200f113\u00a05747488',
  ])('is read from %j', (typed) => expect(readHumanCode(typed)).toBe('1135747488'));

  test.each(['', '113574748', '11357474880', '1135747489', '113 574 748 x', 'Amina'])('is not read from %j', (typed) =>
    expect(readHumanCode(typed)).toBeNull(),
  );

  test('no wrong digit and no swap of neighbours is read as another code', () => {
    fc.assert(
      fc.property(anyCode, fc.nat(9), fc.integer({ min: 1, max: 9 }), (code, at, by) => {
        const wrong = code.slice(0, at) + ((Number(code[at]) + by) % 10) + code.slice(at + 1);
        expect(readHumanCode(wrong)).toBeNull();
        const i = Math.min(at, 8);
        const swapped = code.slice(0, i) + code[i + 1] + code[i] + code.slice(i + 2);
        if (swapped !== code) expect(readHumanCode(swapped)).toBeNull();
      }),
    );
  });
});

describe('the text of a card', () => {
  test.each([
    `https://clinic.example.org/p/${ID}`,
    `http://192.168.8.1:3000/p/${ID}/`,
    `https://clinic.example.org/p/${ID.toUpperCase()}?from=card#x`,
    ID,
    `  ${ID.toUpperCase()}\n`,
  ])('names a patient by id: %s', (text) => expect(readCardText(text)).toEqual({ kind: 'id', id: ID }));

  test('names a patient by code', () => {
    expect(readCardText('١١٣ ٥٧٤ ٧٤٨ ٨')).toEqual({ kind: 'code', code: '1135747488' });
  });

  test.each([`https://clinic.example.org/q/${ID}`, 'https://clinic.example.org/p/1', 'WIFI:S:clinic;;', '', '12345'])(
    'is refused when it is something else: %s',
    (text) => expect(readCardText(text)).toBeNull(),
  );
});
