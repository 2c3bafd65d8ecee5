import { useState } from 'react';
import { type Enrolment, enrolDevice } from '../../device/enrol.ts';
import { Button } from '../../ui/button.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { CodeQuestion } from './code-question.tsx';
import { CodeRefusal } from './code-refusal.tsx';
import { useEnrolmentCode } from './use-enrolment-code.ts';

/** The code, typed, scanned, or taken from the link that the phone's own camera opened; and a name for this phone. */
export function EnrolForm({
  prefilled,
  onEnrolled,
}: {
  prefilled: string;
  onEnrolled: (enrolment: Enrolment) => void;
}) {
  const { t } = useText();
  const [name, setName] = useState('');
  const asked = useEnrolmentCode(prefilled, (code) => enrolDevice(code, name.trim()), onEnrolled);
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => void asked.submit(event)}>
      <p className="font-semibold text-accent">{t('app.name')}</p>
      <h1 className="text-xl">{t('join.title')}</h1>
      <p className="text-text-2">{t('join.intro')}</p>
      <CodeRefusal refusal={asked.refusal} />
      <CodeQuestion value={asked.code} onChange={asked.setCode} />
      <TextInput
        label={t('join.deviceName')}
        hint={t('join.deviceNameHint')}
        value={name}
        onChange={setName}
        maxLength={120}
      />
      <Button
        type="submit"
        look="primary"
        wide
        busy={asked.busy}
        busyText={t('app.working')}
        disabled={!asked.isWhole || name.trim() === ''}
      >
        {t('action.continue')}
      </Button>
    </form>
  );
}
