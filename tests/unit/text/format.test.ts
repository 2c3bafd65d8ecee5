import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiDigits, normaliseNumber } from '../../../lib/text/digits.ts';
import {
  formatAgo,
  formatBytes,
  formatDate,
  formatInstant,
  formatNumber,
  monthNames,
} from '../../../lib/text/format.ts';
import { pseudoLabels, pseudoMessage } from '../../../lib/text/pseudo.ts';
import { translatorOf } from '../../../lib/text/translate.ts';

describe('dates', () => {
  it('shows no more of a date than is known', () => {
    expect(formatDate('en', '1980')).toBe('1980');
    expect(formatDate('en', '1980-02')).toBe('Feb 1980');
    expect(formatDate('en', '1980-02-29', 'long')).toBe('February 29, 1980');
    expect(formatDate('fr', '2026-11-21')).toBe('21 nov. 2026');
    expect(formatDate('es', '2026-11', 'long')).toBe('noviembre de 2026');
    expect(formatDate('ar', '2026-11-21')).toBe('21 نوفمبر 2026');
    expect(formatDate('en', 'not a date')).toBe('not a date');
  });

  it('keeps the day in every time zone', () => {
    const zoneBefore = process.env.TZ ?? 'UTC';
    for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC']) {
      process.env.TZ = zone;
      expect(formatDate('en', '2026-01-01')).toBe('Jan 1, 2026');
    }
    process.env.TZ = zoneBefore;
  });

  it('shows an instant in the clinic’s zone, and how long ago it was', () => {
    expect(formatInstant('en', '2026-11-21T22:30:00.000Z', 'Asia/Beirut')).toMatch(/Nov 22, 2026.*12:30/);
    expect(formatAgo('en', '2026-11-21T10:00:00.000Z', '2026-11-21T10:05:59.000Z')).toBe('5 minutes ago');
    expect(formatAgo('en', '2026-11-21T10:00:00.000Z', '2026-11-21T10:00:10.000Z')).toBe('now');
    expect(formatAgo('fr', '2026-11-18T10:00:00.000Z', '2026-11-21T10:00:10.000Z')).toBe('il y a 3 jours');
  });

  it('names twelve months', () => {
    expect(monthNames('es')[1]).toBe('febrero');
    expect(new Set(monthNames('ar')).size).toBe(12);
  });
});

describe('numbers', () => {
  it('are written in the language’s notation, with Latin digits in Arabic', () => {
    expect(formatNumber('en', 1234.5, 2)).toBe('1,234.50');
    expect(formatNumber('fr', 38.5)).toBe('38,5');
    expect(formatNumber('ar', 38.5)).toBe('38.5');
    expect(formatBytes('en', 12_300_000)).toBe('12 MB');
    expect(formatBytes('en', 0)).toBe('0 byte');
  });

  it('reads the digits of any script', () => {
    expect(asciiDigits('٠١٢٣٤٥٦٧٨٩')).toBe('0123456789');
    expect(asciiDigits('۰۱۲۳۴۵۶۷۸۹')).toBe('0123456789');
    expect(asciiDigits('०१२३४५६७८९')).toBe('0123456789');
    expect(asciiDigits('০১২৩৪৫৬৭৮৯ টি')).toBe('0123456789 টি');
    expect(asciiDigits('１２３')).toBe('123');
  });

  it('leaves text without foreign digits alone', () => {
    fc.assert(fc.property(fc.string(), (text) => asciiDigits(text) === text));
  });

  it('reads a typed number, and refuses what could mean two things', () => {
    expect(normaliseNumber('٣٨٫٥')).toBe('38.5');
    expect(normaliseNumber(' 38,5 ')).toBe('38.5');
    expect(normaliseNumber('-2')).toBe('-2');
    expect(normaliseNumber('3.250')).toBe('3.250');
    expect(normaliseNumber('1,000')).toBeNull();
    expect(normaliseNumber('1.000,5')).toBeNull();
    expect(normaliseNumber('12 kg')).toBeNull();
    expect(normaliseNumber('')).toBeNull();
  });

  it('reads back every number it can write', () => {
    fc.assert(
      fc.property(fc.integer({ min: -99_999, max: 99_999 }), (tenths) => {
        const number = tenths / 10;
        return Number(normaliseNumber(String(number))) === number;
      }),
    );
  });
});

describe('the pseudo language', () => {
  it('lengthens and brackets every label and leaves arguments alone', () => {
    expect(pseudoMessage('Save')).toBe('[Šávé··]');
    const t = translatorOf('en', pseudoLabels());
    expect(t('patient.count', { count: 3 })).toMatch(/^\[3 pátíéñtš·+\]$/);
    expect(t('sync.sending', { done: 1, total: 2 })).toMatch(/^\[.*1 óf 2·+\]$/);
  });
});
