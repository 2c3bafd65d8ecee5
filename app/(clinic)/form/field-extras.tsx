import { useContext, useState } from 'react';
import type { FormField } from '../../../lib/form/definition.ts';
import type { MissingReason } from '../../../lib/form/field.ts';
import { formatDate } from '../../../lib/text/format.ts';
import { codeLabel } from '../../../lib/text/translate.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { answerText } from './answer-text.ts';
import { useForm } from './form-context.ts';
import type { FieldState } from './form-store.ts';
import { PreviousDateContext } from './previous-date.ts';
import { problemText } from './problem-text.ts';
import { TimeZoneContext } from './time-zone.ts';

interface ExtraProps {
  readonly field: FormField;
  readonly path: string;
  readonly state: FieldState;
}

/** What stands below a control: the last answer, an unusual value to confirm, why there is no answer. */
export function FieldExtras(props: ExtraProps) {
  const { field, state } = props;
  if (state.readOnly) return null;
  const empty = state.value === null;
  return (
    <>
      {field.previous === true && empty && <PreviousAnswer {...props} />}
      {(state.problem?.severity === 'confirm' || state.entered?.confirmed !== undefined) && <Confirm {...props} />}
      {field.allowMissing && field.allowMissing.length > 0 && empty && (
        <WhyMissing {...props} reasons={field.allowMissing} />
      )}
    </>
  );
}

/** The last answer with its date: never filled in silently. */
function PreviousAnswer({ field, path }: ExtraProps) {
  const store = useForm();
  const { t, language } = useText();
  const on = useContext(PreviousDateContext);
  const timeZone = useContext(TimeZoneContext);
  const value = store.context.previous?.[field.id];
  const text = answerText({ t, language, definition: store.definition, timeZone }, field, value);
  if (value === undefined || text === null) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <p className="text-sm text-text-2">
        {t('form.previousAnswer', { value: text, date: on === null ? '' : formatDate(language, on) })}
      </p>
      <Button look="quiet" onClick={() => store.step({ kind: 'answer', path, value })}>
        {t('form.sameAsBefore')}
      </Button>
    </div>
  );
}

function Confirm({ field, path, state }: ExtraProps) {
  const store = useForm();
  const { t, language } = useText();
  const [reason, setReason] = useState('');
  const confirmed = state.entered?.confirmed;
  if (confirmed !== undefined)
    return <p className="text-sm text-text-2">{t('form.confirmedBecause', { reason: confirmed })}</p>;
  if (state.problem === null) return null;
  return (
    <Banner tone="warning" title={problemText(t, language, state.problem, field, store.definition)}>
      <div className="flex flex-col gap-2">
        <p>{t('form.implausibleHelp')}</p>
        <TextInput label={t('correction.reason')} value={reason} onChange={setReason} maxLength={300} />
        <Button
          disabled={reason.trim() === ''}
          onClick={() => store.step({ kind: 'confirm', path, reason: reason.trim() })}
        >
          {t('form.confirmValue')}
        </Button>
      </div>
    </Banner>
  );
}

function WhyMissing({ path, state, reasons }: ExtraProps & { reasons: readonly MissingReason[] }) {
  const store = useForm();
  const { t } = useText();
  return (
    <Select
      label={<span className="font-normal text-text-2">{t('form.whyMissing')}</span>}
      options={reasons.map((reason) => ({ value: reason, label: codeLabel(t, 'missing', reason) }))}
      value={state.missing}
      emptyText="–"
      onChange={(reason) =>
        store.step(
          reason === null ? { kind: 'clear', path } : { kind: 'missing', path, reason: reason as MissingReason },
        )
      }
    />
  );
}
