import { type Language, languageNames, languages } from '../../../lib/text/languages.ts';
import { Select } from '../../ui/select.tsx';
import { useText } from '../../ui/text-provider.tsx';

const options = languages.map((language) => ({ value: language, label: languageNames[language] }));

/** Switches at once; each language is called by its own name. */
export function LanguageChoice() {
  const { t, language, setLanguage } = useText();
  return (
    <Select
      label={t('app.language')}
      options={options}
      value={language}
      emptyText={t('app.language')}
      onChange={(value) => value !== null && setLanguage(value as Language)}
    />
  );
}
