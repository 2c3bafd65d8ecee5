'use client';
import * as Direction from 'radix-ui/direction';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { direction, type Language, languageOf } from '../../lib/text/languages.ts';
import { loadedLabels, loadLanguage } from '../../lib/text/load-language.ts';
import { type Translate, translate } from '../../lib/text/translate.ts';

export type Text = {
  /** The label of a key in the shown language. */
  t: Translate;
  language: Language;
  direction: 'ltr' | 'rtl';
  /** Shows another language at once and remembers it on this device. */
  setLanguage: (language: Language) => void;
};

const TextContext = createContext<Text | null>(null);
const rememberedKey = 'hikma.language';

/**
 * Gives the screens below it their words. Without `initial`: the remembered language, else the browser's, chosen after the
 * first paint so that the prerendered page and the first render agree. A language appears when its labels are here; when they
 * cannot be fetched, the one shown before stays.
 */
export function TextProvider({ initial, children }: { initial?: Language; children: ReactNode }) {
  const [language, show] = useState<Language>(initial !== undefined && loadedLabels(initial) ? initial : 'en');
  const setLanguage = useCallback((next: Language) => {
    remember(next);
    loadLanguage(next).then(
      () => show(next),
      (cause: unknown) => console.warn('labels', next, cause instanceof Error ? cause.name : 'unknown'),
    );
  }, []);
  useEffect(() => {
    const wanted = initial ?? preferred();
    loadLanguage(wanted).then(
      () => show(wanted),
      (cause: unknown) => console.warn('labels', wanted, cause instanceof Error ? cause.name : 'unknown'),
    );
  }, [initial]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = direction(language);
  }, [language]);
  const text = useMemo<Text>(
    () => ({
      t: (key, values) => translate(language, key, values),
      language,
      direction: direction(language),
      setLanguage,
    }),
    [language, setLanguage],
  );
  return (
    <TextContext value={text}>
      <Direction.Provider dir={text.direction}>{children}</Direction.Provider>
    </TextContext>
  );
}

/** The words of the nearest TextProvider; throws without one. */
export function useText(): Text {
  const text = useContext(TextContext);
  if (!text) throw new Error('useText needs a TextProvider above it');
  return text;
}

function preferred(): Language {
  const remembered = languageOf(read() ?? '');
  if (remembered) return remembered;
  for (const tag of navigator.languages) {
    const known = languageOf(tag);
    if (known) return known;
  }
  return 'en';
}

/** Storage can be forbidden (private windows): then the language is only not remembered. */
function read(): string | null {
  try {
    return localStorage.getItem(rememberedKey);
  } catch {
    return null;
  }
}

function remember(language: Language): void {
  try {
    localStorage.setItem(rememberedKey, language);
  } catch {
    return;
  }
}
