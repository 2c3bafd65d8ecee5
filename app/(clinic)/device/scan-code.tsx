import { Html5Qrcode } from 'html5-qrcode';
import { useEffect, useId, useRef, useState } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { useText } from '../../ui/text-provider.tsx';

type Problem = 'denied' | 'none';

/** The camera, reading QR codes until one is read or it is closed. Says plainly when it may not, or is not there. */
export function ScanCode({ onText, onClose }: { onText: (text: string) => void; onClose: () => void }) {
  const { t } = useText();
  const id = useId();
  const [problem, setProblem] = useState<Problem | null>(null);
  const heard = useRef(onText);
  heard.current = onText;
  useEffect(() => {
    const reader = new Html5Qrcode(id, { verbose: false });
    const found = (text: string) => heard.current(text);
    const started = reader
      .start({ facingMode: 'environment' }, { fps: 8, qrbox: { width: 220, height: 220 } }, found, nothingSeen)
      .then(
        () => true,
        (fault: unknown) => {
          setProblem(/NotAllowed|Permission/i.test(String(fault)) ? 'denied' : 'none');
          return false;
        },
      );
    return () => {
      void started.then((running) => (running ? reader.stop() : undefined));
    };
  }, [id]);
  return (
    <div className="flex flex-col gap-3">
      {problem === null ? (
        <p className="text-text-2">{t('join.scanHelp')}</p>
      ) : (
        <Banner tone="warning" title={problem === 'denied' ? t('join.cameraDenied') : t('join.noCamera')}>
          {problem === 'denied' && t('join.cameraDeniedHelp')}
        </Banner>
      )}
      <div id={id} className="overflow-hidden rounded-2" />
      <Button onClick={onClose}>{t('join.typeCode')}</Button>
    </div>
  );
}

/** Called for every frame without a code in it. */
function nothingSeen(): void {
  return;
}
