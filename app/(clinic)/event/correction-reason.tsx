import { isLabelKey, type Translate } from '../../../lib/text/translate.ts';
import { Choice } from '../../ui/choice.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useText } from '../../ui/text-provider.tsx';

const CODES = ['typing-error', 'measured-again', 'new-information', 'other'] as const;

/** Why a saved value is changed: one of the usual reasons, or words. */
export interface Reason {
  readonly code: string | null;
  readonly words: string;
}

/** The reason as it is saved, in the language it was given in; null while none is given. */
export function reasonText(t: Translate, { code, words }: Reason): string | null {
  const given = words.normalize('NFC').trim();
  if (code === null) return null;
  if (code === 'other') return given === '' ? null : given.slice(0, 300);
  const key = `correction.${code}`;
  return isLabelKey(key) ? t(key) : code;
}

export function CorrectionReason({
  value,
  onChange,
  error,
}: {
  value: Reason;
  onChange: (reason: Reason) => void;
  error: string | undefined;
}) {
  const { t } = useText();
  const options = CODES.map((code) => ({ value: code, label: t(`correction.${code}`) }));
  return (
    <div className="flex flex-col gap-3">
      <Choice
        id="correction-reason"
        label={t('correction.reason')}
        hint={t('correction.help')}
        requiredText={t('app.required')}
        error={error}
        options={options}
        value={value.code}
        onChange={(code) => onChange({ ...value, code })}
      />
      {value.code === 'other' && (
        <TextInput
          label={t('correction.explain')}
          value={value.words}
          onChange={(words) => onChange({ ...value, words })}
          maxLength={300}
        />
      )}
    </div>
  );
}
