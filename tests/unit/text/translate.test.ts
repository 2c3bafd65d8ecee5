import { beforeAll, describe, expect, it } from 'vitest';
import { en, type LabelKey, type Labels } from '../../../lib/text/labels/en/en.ts';
import { direction, languageOf, languages } from '../../../lib/text/languages.ts';
import { loadLanguage } from '../../../lib/text/load-language.ts';
import { codeLabel, refusalText, translate, translatorOf } from '../../../lib/text/translate.ts';

beforeAll(async () => {
  for (const language of languages) await loadLanguage(language);
});

describe('labels', () => {
  it('counts by the rules of each language', () => {
    expect(translate('en', 'patient.count', { count: 1 })).toBe('1 patient');
    expect(translate('en', 'patient.count', { count: 1200 })).toBe('1,200 patients');
    expect(translate('ar', 'patient.count', { count: 2 })).toBe('مريضان');
    expect(translate('ar', 'patient.count', { count: 5 })).toBe('5 مرضى');
    expect(translate('ar', 'patient.count', { count: 11 })).toBe('11 مريضًا');
    expect(translate('ar', 'patient.count', { count: 100 })).toBe('100 مريض');
  });

  it('shows English for what a language lacks', () => {
    const lacking: Labels = { 'action.save': 'Guardar' };
    const t = translatorOf('es', lacking);
    expect(t('action.save')).toBe('Guardar');
    expect(t('patient.count', { count: 2 })).toBe('2 patients');
  });

  it('says how many attempts a PIN has left', () => {
    expect(translate('en', 'pin.wrong', { left: 1 })).toBe('Wrong PIN. 1 attempt left');
    expect(translate('ar', 'pin.wrong', { left: 2 })).toContain('محاولتان');
  });

  it('shows an unknown code as it is, never hides it', () => {
    const t = translatorOf('en', {});
    expect(codeLabel(t, 'sex', 'female')).toBe('Female');
    expect(codeLabel(t, 'doseUnit', '[iU]')).toBe('international units');
    expect(codeLabel(t, 'sex', 'tomorrow’s-code')).toBe('tomorrow’s-code');
  });

  it('gives every refusal a title and a remedy, also one it does not know', () => {
    const t = translatorOf('en', {});
    expect(refusalText(t, 'immutable').remedy).toMatch(/new entry/);
    expect(refusalText(t, 'rate-limited', { seconds: 1 }).remedy).toBe('Wait 1 second, then try again.');
    expect(refusalText(t, 'from-the-future').title).toBe(en['refusal.unknown']);
  });

  it('knows each language’s direction and finds it from a browser’s tag', () => {
    expect(languages.map(direction)).toEqual(['ltr', 'rtl', 'ltr', 'ltr']);
    expect(languageOf('ar-SY')).toBe('ar');
    expect(languageOf('FR')).toBe('fr');
    expect(languageOf('de')).toBeNull();
  });
});

describe('every language', () => {
  /** The arguments of a message: a translation that forgets one, or invents one, breaks at the bedside. */
  const argumentsOf = (message: string) =>
    [...new Set([...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((hit) => hit[1]))].sort();

  it.each(languages)(
    '%s: every message can be shown with any count, and takes the values of the English one',
    async (language) => {
      const labels = await loadLanguage(language);
      const t = translatorOf(language, labels);
      for (const [key, message] of Object.entries(labels) as [LabelKey, string][]) {
        const names = argumentsOf(en[key]);
        for (const count of [0, 1, 2, 3, 11, 100]) {
          const shown = t(key, Object.fromEntries(names.map((name) => [name, count])));
          expect(shown.trim(), key).not.toBe('');
          expect(shown, key).not.toMatch(/[{}]/);
        }
        const own = argumentsOf(message).filter((name) => !names.includes(name));
        expect(own, `${key} (${language}) takes a value that the English label does not have`).toEqual([]);
      }
    },
  );
});
