import { lazy, Suspense, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { readEnrolmentCode } from './enrolment-refusal.ts';

const ScanCode = lazy(() => import('./scan-code.tsx').then((module) => ({ default: module.ScanCode })));

/** An enrolment code, scanned or typed. */
export function CodeQuestion({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  const { t } = useText();
  const [scanning, setScanning] = useState(false);
  const complete = value.replace(/[\s-]/g, '').length >= 8;
  const scanned = (text: string) => {
    onChange(readEnrolmentCode(text) ?? text.slice(0, 40));
    setScanning(false);
  };
  return (
    <>
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
        error={complete && readEnrolmentCode(value) === null ? t('join.codeShape') : null}
        value={value}
        onChange={onChange}
        autoCapitalize="characters"
        spellCheck={false}
        dir="ltr"
      />
    </>
  );
}
