import { type FormEvent, useState } from 'react';
import { type Enrolment, enrolDevice } from '../../device/enrol.ts';
import type { ApiRefusal } from '../../device/post-json.ts';
import { Button } from '../../ui/button.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { CodeQuestion } from './code-question.tsx';
import { CodeRefusal } from './code-refusal.tsx';
import { readEnrolmentCode } from './enrolment-refusal.ts';

/** The code, typed, scanned, or taken from the link that the phone's own camera opened; and a name for this phone. */
export function EnrolForm({
  prefilled,
  onEnrolled,
}: {
  prefilled: string;
  onEnrolled: (enrolment: Enrolment) => void;
}) {
  const { t } = useText();
  const [code, setCode] = useState(prefilled);
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiRefusal | null>(null);
  const read = readEnrolmentCode(code);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (read === null) return;
    setBusy(true);
    const answer = await enrolDevice(read, name.trim());
    setBusy(false);
    if (answer.ok) onEnrolled(answer.value);
    else setRefusal(answer);
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      <p className="font-semibold text-accent">{t('app.name')}</p>
      <h1 className="text-xl">{t('join.title')}</h1>
      <p className="text-text-2">{t('join.intro')}</p>
      <CodeRefusal refusal={refusal} />
      <CodeQuestion value={code} onChange={setCode} />
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
        busy={busy}
        busyText={t('app.working')}
        disabled={read === null || name.trim() === ''}
      >
        {t('action.continue')}
      </Button>
    </form>
  );
}
