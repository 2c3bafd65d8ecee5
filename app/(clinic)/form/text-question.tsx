import type { FieldOf } from '../../../lib/form/definition.ts';
import type { DraftStep } from '../../../lib/form/draft.ts';
import { TextArea } from '../../ui/text-area.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useForm } from './form-context.ts';
import type { QuestionProps } from './question.ts';

export function TextQuestion({ field, path, state, words }: QuestionProps<FieldOf<'text'> | FieldOf<'barcode'>>) {
  const store = useForm();
  const mode = (field.type === 'text' && field.inputMode) || 'text';
  return (
    <TextInput
      {...words}
      inputMode={mode}
      value={textOf(state.value)}
      onChange={(text) => store.step(textStep(path, text))}
      {...(mode === 'tel' || mode === 'email' || mode === 'url' ? { dir: 'ltr' as const } : {})}
    />
  );
}

export function LongTextQuestion({ path, state, words }: QuestionProps<FieldOf<'long-text'>>) {
  const store = useForm();
  return <TextArea {...words} value={textOf(state.value)} onChange={(text) => store.step(textStep(path, text))} />;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An emptied box is no answer; the reason for having none stays. */
export function textStep(path: string, text: string): DraftStep {
  return text === '' ? { kind: 'clear', path } : { kind: 'answer', path, value: text };
}
