import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { en, type LabelKey } from '../../lib/text/labels/en/en.ts';
import { languages } from '../../lib/text/languages.ts';
import { loadLanguage } from '../../lib/text/load-language.ts';
import { sourceFiles } from './source-files.ts';

/** How many labels each language may still lack. Only ever lowered: a new label is one line in every language. */
const allowed: Record<string, number> = JSON.parse(
  readFileSync(new URL('./missing-labels.json', import.meta.url), 'utf8'),
);

it.each(languages.filter((language) => language !== 'en'))(
  '%s lacks no more labels than it is allowed to',
  async (language) => {
    const labels = await loadLanguage(language);
    const missing = (Object.keys(en) as LabelKey[]).filter((key) => labels[key] === undefined);
    const most = allowed[language] ?? 0;
    console.info(`labels missing in ${language}: ${missing.length} of ${Object.keys(en).length} (allowed: ${most})`);
    expect(
      missing.length,
      `${language} lacks ${missing.length} labels, ${most} are allowed. Add them in lib/text/labels/${language}/: ${missing.slice(0, 20).join(', ')}`,
    ).toBeLessThanOrEqual(most);
  },
);

it('a language that got better keeps it', async () => {
  for (const language of languages.filter((one) => one !== 'en')) {
    const labels = await loadLanguage(language);
    const missing = Object.keys(en).filter((key) => labels[key as LabelKey] === undefined).length;
    const most = allowed[language] ?? 0;
    expect(
      most - missing,
      `${language} lacks only ${missing}: write that number into tests/architecture/missing-labels.json`,
    ).toBeLessThan(60);
  }
});

it('no key is written twice in a language', () => {
  const seen = new Map<string, string>();
  const twice: string[] = [];
  for (const file of sourceFiles('lib/text/labels')) {
    const language = file.path.split('/')[3] ?? '';
    for (const [, key = ''] of file.text.matchAll(/^ {2}'([^']+)':/gm)) {
      const name = `${language} ${key}`;
      const before = seen.get(name);
      if (before) twice.push(`${name}: ${before} and ${file.path}`);
      seen.set(name, file.path);
    }
  }
  expect(twice).toEqual([]);
});
