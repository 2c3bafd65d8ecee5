import { en, type Labels } from './labels/en/en.ts';
import type { Language } from './languages.ts';

const loaded = new Map<Language, Labels>();

/** The labels of a language, fetched once (dynamic import: the phone's bundle holds English and what is loaded). Throws when the chunk cannot be fetched. */
export async function loadLanguage(language: Language): Promise<Labels> {
  const known = loaded.get(language);
  if (known) return known;
  const labels = await importLabels(language);
  loaded.set(language, labels);
  return labels;
}

/** The labels of a language if they were loaded, else null. */
export function loadedLabels(language: Language): Labels | null {
  return loaded.get(language) ?? null;
}

async function importLabels(language: Language): Promise<Labels> {
  switch (language) {
    case 'en':
      return en;
    case 'ar':
      return (await import('./labels/ar/ar.ts')).ar;
    case 'es':
      return (await import('./labels/es/es.ts')).es;
    case 'fr':
      return (await import('./labels/fr/fr.ts')).fr;
  }
}
