/** The languages of the app. A new one: its code here, a folder in labels/, a line in loadLanguage. */
export const languages = ['en', 'ar', 'es', 'fr'] as const;
export type Language = (typeof languages)[number];

/** Each language's own name: a person who cannot read the current language must find theirs. Not a label, never translated. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  ar: 'العربية',
  es: 'Español',
  fr: 'Français',
};

/** The app language for a BCP 47 tag (`ar-SY` → `ar`), null when the app does not speak it. */
export function languageOf(tag: string): Language | null {
  const base = tag.toLowerCase().split('-')[0];
  return languages.find((language) => language === base) ?? null;
}

/** Writing direction for the `dir` attribute. */
export function direction(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/**
 * The tag that numbers and dates are formatted with. Arabic keeps Latin digits: they are what medicine packs, devices,
 * ids and telephones in the clinics show, and one reading of a dose is safer than two. Typed digits of any script are accepted.
 */
export function formatTag(language: Language): string {
  return language === 'ar' ? 'ar-u-ca-gregory-nu-latn' : `${language}-u-ca-gregory`;
}
