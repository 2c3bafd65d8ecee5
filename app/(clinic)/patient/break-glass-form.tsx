import { useState } from 'react';
import { breakGlass } from '../../../lib/domain/access-grant/break-glass.ts';
import { tidyText } from '../../../lib/domain/field-types.ts';
import { newId } from '../../device/new-id.ts';
import { useSession } from '../../device/phone.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { refusalWords } from '../form/refusal-words.ts';

/** A look, a shift, a day: what nobody needs stays open to nobody. */
const HOURS = [1, 12, 24] as const;
const MAX_REASON = 300;

/** Why, and for how long; says before it is done that it is recorded. */
export function BreakGlassForm({ patientId, onCancel }: { patientId: string; onCancel: () => void }) {
  const { t } = useText();
  const session = useSession();
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState<number>(HOURS[1]);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<RunRefusal | null>(null);
  const open = async () => {
    const why = tidyText(reason);
    setMissing(why === null);
    if (why === null) return;
    setBusy(true);
    const result = await runCommand(
      session,
      breakGlass,
      { grantId: newId(), patientId, reason: why, hours },
      patientId,
    );
    setBusy(false);
    if (!result.ok) setRefusal(result.refusal);
  };
  const words = refusal && refusalWords(t, refusal);
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void open();
      }}
    >
      <Banner tone="warning" title={t('breakGlass.recorded')}>
        {t('breakGlass.recordedHelp')}
      </Banner>
      <TextArea
        label={t('breakGlass.reason')}
        hint={t('breakGlass.reasonHint')}
        requiredText={t('app.required')}
        error={missing && tidyText(reason) === null ? t('breakGlass.reasonNeeded') : undefined}
        maxLength={MAX_REASON}
        value={reason}
        onChange={setReason}
      />
      <Choice
        id="break-glass-hours"
        label={t('breakGlass.hours')}
        look="buttons"
        options={HOURS.map((count) => ({ value: String(count), label: t('breakGlass.hoursOption', { count }) }))}
        value={String(hours)}
        onChange={(value) => setHours(HOURS.find((count) => String(count) === value) ?? hours)}
      />
      {words && (
        <Banner tone="danger" title={words.title}>
          {words.remedy}
        </Banner>
      )}
      <Button type="submit" look="danger" icon="shield" wide busy={busy}>
        {t('breakGlass.confirm')}
      </Button>
      <Button onClick={onCancel}>{t('action.cancel')}</Button>
    </form>
  );
}
