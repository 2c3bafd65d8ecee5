import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ConflictCard } from '../../../app/(admin)/admin/(portal)/attention/conflict-card.tsx';
import type { ConflictLine } from '../../../app/server/attention-conflicts.ts';
import { TextProvider } from '../../../app/ui/text-provider.tsx';
import type { Language } from '../../../lib/text/languages.ts';
import { loadLanguage } from '../../../lib/text/load-language.ts';

const AT = '2026-11-21T08:00:00.000Z';
const side = (value: string) => ({ value, author: 'nora', at: AT, origin: 'phone', stamp: value });
const LINE: ConflictLine = {
  ...{ id: 'c', kind: 'parallel-edit', collection: 'patients', recordId: 'p', aboutIds: [], key: 'phone' },
  ...{ clinicId: null, patient: null, kept: side('111'), lost: side('222') },
  ...{ needsReason: false, undo: null, deleted: false, versionId: null, provisional: false },
};

interface Shown {
  readonly line: ConflictLine;
  readonly language: Language;
}

const WORDS = { names: {}, origins: {}, definitions: {} };

function Told({ line, language }: Shown) {
  const card = createElement(ConflictCard, { line, words: WORDS, busy: false, onChoose: () => undefined });
  return TextProvider({ initial: language, children: card });
}

function Page(shown: Shown) {
  return QueryClientProvider({ client: new QueryClient(), children: createElement(Told, shown) });
}

async function html(line: ConflictLine, language: Language): Promise<string> {
  await loadLanguage(language);
  return renderToStaticMarkup(createElement(Page, { line, language }));
}

it.each([
  ['en', 'The main server has not yet looked at this'],
  ['ar', 'لم ينظر الخادم الرئيسي في هذا بعد'],
] as const)('what the main server has not judged is shown as that, and not decided: %s', async (language, told) => {
  const provisional = await html({ ...LINE, provisional: true }, language);
  expect(provisional).toContain(told);
  expect(provisional).toContain('111');
  expect(provisional).toContain('222');
  expect(provisional).not.toContain('<button');
  const noted = await html(LINE, language);
  expect(noted).not.toContain(told);
  expect(noted.match(/<button/g)).toHaveLength(3);
});
