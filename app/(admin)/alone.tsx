'use client';
import type { ReactNode } from 'react';
import { type Language, languageNames, languages } from '../../lib/text/languages.ts';
import { Picker } from '../ui/select.tsx';
import { useText } from '../ui/text-provider.tsx';

/** A page outside the shell: one thing to do, in the middle, with the language at hand. */
export function Alone({ title, children }: { title: ReactNode; children: ReactNode }) {
  const { t } = useText();
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-120 flex-col justify-center gap-6 px-4 py-8">
      <div>
        <p className="text-text-2">{t('app.name')}</p>
        <h1 className="text-2xl">{title}</h1>
      </div>
      {children}
      <LanguagePicker />
    </main>
  );
}

export function LanguagePicker() {
  const { t, language, setLanguage } = useText();
  return (
    <Picker
      aria-label={t('app.language')}
      value={language}
      options={languages.map((value) => ({ value, label: languageNames[value] }))}
      onPick={(value) => setLanguage(value as Language)}
    />
  );
}
