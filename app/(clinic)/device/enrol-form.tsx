import { type FormEvent, lazy, Suspense, useState } from 'react';
import { type Enrolment, enrolDevice } from '../../device/enrol.ts';
import type { ApiRefusal } from '../../device/post-json.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { codeRefusal, readEnrolmentCode } from './enrolment-refusal.ts';

const ScanCode = lazy(() => import('./scan-code.tsx').then((module) => ({ default: module.ScanCode })));

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
  const [scanning, setScanning] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiRefusal | null>(null);
  const read = readEnrolmentCode(code);
  const scanned = (text: string) => {
    setCode(readEnrolmentCode(text) ?? text.slice(0, 40));
    setScanning(false);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (read === null) return;
    setBusy(true);
    const answer = await enrolDevice(read, name.trim());
    setBusy(false);
    if (answer.ok) onEnrolled(answer.value);
    else setRefusal(answer);
  };
  const complete = code.replace(/[\s-]/g, '').length >= 8;
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      <p className="font-semibold text-accent">{t('app.name')}</p>
      <h1 className="text-xl">{t('join.title')}</h1>
      <p className="text-text-2">{t('join.intro')}</p>
      <CodeRefusal refusal={refusal} />
      {scanning && (
        <Suspense fallback={<Skeleton label={t('app.loading')} />}>
          <ScanCode onText={scanned} onClose={() => setScanning(false)} />
        </Suspense>
      )}
      {!scanning && (
        <Button icon="qr" wide onClick={() => setScanning(true)}>
          {t('join.scan')}
        </Button>
      )}
      <TextInput
        label={t('join.code')}
        hint={t('join.codeHint')}
        error={complete && read === null ? t('join.codeShape') : null}
        value={code}
        onChange={setCode}
        autoCapitalize="characters"
        spellCheck={false}
        dir="ltr"
      />
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

function CodeRefusal({ refusal }: { refusal: ApiRefusal | null }) {
  const { t } = useText();
  if (refusal === null) return null;
  const { title, remedy } = codeRefusal(refusal.code);
  return (
    <Banner tone="danger" title={t(title)}>
      {t(remedy, { seconds: refusal.retryAfterSeconds ?? 60 })}
    </Banner>
  );
}
