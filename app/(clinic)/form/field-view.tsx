import { type FocusEvent, memo } from 'react';
import { type FieldOf, type FormField, labelIn } from '../../../lib/form/definition.ts';
import { useText } from '../../ui/text-provider.tsx';
import { ChoiceQuestion, ChoicesQuestion } from './choice-question.tsx';
import { DateQuestion, DateTimeQuestion, TimeQuestion } from './date-question.tsx';
import { FieldExtras } from './field-extras.tsx';
import { useFieldState, useForm } from './form-context.ts';
import { NoteView } from './note-view.tsx';
import { NumberQuestion } from './number-question.tsx';
import { problemText } from './problem-text.ts';
import { type QuestionProps, questionId } from './question.ts';
import { RepeatQuestion } from './repeat-question.tsx';
import { ShownValue } from './shown-value.tsx';
import { LongTextQuestion, TextQuestion } from './text-question.tsx';
import { TextRowsQuestion } from './text-rows-question.tsx';
import { ScaleQuestion, YesNoQuestion } from './yes-no-question.tsx';

/** One question. Redraws only when something about it changed. */
export const FieldView = memo(function FieldView({ field, path }: { field: FormField; path: string }) {
  const store = useForm();
  const { t, language } = useText();
  const state = useFieldState(path);
  const left = (event: FocusEvent<HTMLDivElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget)) store.touch(path);
  };
  if (field.type === 'note' || field.type === 'separator') return <NoteView field={field} />;
  const error =
    state.problem !== null && state.problem.severity === 'refuse'
      ? problemText(t, language, state.problem, field, store.definition)
      : state.refused
        ? t('problem.refused')
        : undefined;
  const words = {
    id: questionId(path),
    label: labelIn(field.label, language, store.definition),
    hint: labelIn(field.hint, language, store.definition) || undefined,
    error,
    requiredText: state.required ? t('app.required') : undefined,
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that the focus left the question
    <div onBlur={left} className="flex flex-col gap-2">
      <Control field={field} path={path} state={state} words={words} />
      <FieldExtras field={field} path={path} state={state} />
    </div>
  );
});

function Control({ field, ...rest }: QuestionProps) {
  if (rest.state.readOnly || field.type === 'calculated') return <ShownValue field={field} {...rest} />;
  switch (field.type) {
    case 'text':
      return <TextQuestion field={field} {...rest} />;
    case 'barcode':
      return <TextQuestion field={field} {...rest} />;
    case 'long-text':
      return <LongTextQuestion field={field} {...rest} />;
    case 'number':
      return <NumberQuestion field={field} {...rest} />;
    case 'date':
      return <DateQuestion field={field} {...rest} />;
    case 'time':
      return <TimeQuestion field={field} {...rest} />;
    case 'date-time':
      return <DateTimeQuestion field={field} {...rest} />;
    case 'choice':
      return <ChoiceQuestion field={field} {...rest} />;
    case 'choices':
      return <ChoicesQuestion field={field} {...rest} />;
    case 'yes-no':
      return <YesNoQuestion field={field} {...rest} />;
    case 'scale':
      return <ScaleQuestion field={field} {...rest} />;
    case 'diagnosis':
    case 'medicine':
      return <TextRowsQuestion field={field} {...rest} />;
    case 'repeat':
      return <RepeatQuestion field={field} renderField={renderField} {...rest} />;
    default:
      return <NotYet field={field as FieldOf<'photo'>} {...rest} />;
  }
}

/** Handed down, so that a repeat can draw questions without knowing this file. */
function renderField(field: FormField, path: string) {
  return <FieldView key={path} field={field} path={path} />;
}

/** A kind of question that this version cannot answer: said where it stands, so that nobody looks for it. */
function NotYet({ words }: QuestionProps) {
  const { t } = useText();
  return (
    <div id={words.id} tabIndex={-1} className="flex flex-col gap-1">
      <p className="text-sm font-semibold">{words.label}</p>
      <p className="text-sm text-text-2">{t('form.unsupported')}</p>
      {words.error && <p className="text-sm font-semibold text-danger">{words.error}</p>}
    </div>
  );
}
