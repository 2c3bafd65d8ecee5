import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { flushDrafts } from '../../device/before-lock.ts';
import { registerServiceWorker } from '../../device/service-worker-registration.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { useText } from '../../ui/text-provider.tsx';

const VersionContext = createContext<(() => void) | null>(null);

/** Registers the service worker, and holds the way to a newer version until somebody asks for it. */
export function VersionProvider({ children }: { children: ReactNode }) {
  const [switchVersion, setSwitch] = useState<(() => void) | null>(null);
  useEffect(() => {
    registerServiceWorker((change) => setSwitch(() => change)).catch(reportError);
  }, []);
  return <VersionContext value={switchVersion}>{children}</VersionContext>;
}

/** Shown where a newer version waits; what is typed is saved as drafts before it is switched to. */
export function UpdateBanner() {
  const { t } = useText();
  const switchVersion = useContext(VersionContext);
  const [busy, setBusy] = useState(false);
  if (switchVersion === null) return null;
  const update = async () => {
    setBusy(true);
    await flushDrafts();
    switchVersion();
  };
  return (
    <Banner
      title={t('app.updateReady')}
      action={
        <Button busy={busy} onClick={() => void update()}>
          {t('app.updateNow')}
        </Button>
      }
    >
      {t('app.updateHelp')}
    </Banner>
  );
}
