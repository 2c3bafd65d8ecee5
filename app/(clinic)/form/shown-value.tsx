import { useContext } from 'react';
import { useText } from '../../ui/text-provider.tsx';
import { answerText } from './answer-text.ts';
import { useForm } from './form-context.ts';
import type { QuestionProps } from './question.ts';
import { TimeZoneContext } from './time-zone.ts';

/** A value that is worked out or fixed: shown, not asked. */
export function ShownValue({ field, state, words }: QuestionProps) {
  const { t, language } = useText();
  const { definition } = useForm();
  const timeZone = useContext(TimeZoneContext);
  const text = answerText({ t, language, definition, timeZone }, field, state.value, state.other);
  return (
    <div className="flex flex-col gap-1">
      <p className="text-sm font-semibold">
        {words.label} <span className="text-xs font-normal text-text-2">{t('form.calculated')}</span>
      </p>
      <output id={words.id} tabIndex={-1} className="min-h-12 rounded-2 bg-surface-3 px-3 py-3">
        <bdi>{text ?? '–'}</bdi>
      </output>
      {words.hint && <p className="text-sm text-text-2">{words.hint}</p>}
    </div>
  );
}
