'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { Link as RouterLink } from 'wouter';
import { startPhone } from '../device/phone.ts';
import { startWorkers } from '../device/workers.ts';
import { type LinkProps, LinkProvider } from '../ui/link.tsx';
import { TextProvider, useText } from '../ui/text-provider.tsx';
import { ToastProvider } from '../ui/toast.tsx';
import { StartFault, Waiting } from './device/alone.tsx';
import { PhoneGate } from './device/phone-gate.tsx';
import { followTabs } from './device/use-idle-lock.ts';
import { VersionProvider } from './device/version.tsx';
import { readTheme, showTheme } from './me/theme.ts';

type Start = 'not-yet' | 'started' | 'no-database';

/**
 * The page's HTML is the same for every path, so routes are drawn only after the first effect: before it the
 * browser's path must not be read, or hydration would differ.
 */
export function ClinicApp() {
  const [start, setStart] = useState<Start>('not-yet');
  useEffect(() => {
    showTheme(readTheme());
    startPhone().then(
      () => setStart('started'),
      (fault: unknown) => {
        reportError(fault);
        setStart('no-database');
      },
    );
    startWorkers().catch(reportError);
    return followTabs();
  }, []);
  return (
    <TextProvider>
      <Frame>
        {start === 'not-yet' && <Waiting />}
        {start === 'no-database' && <StartFault />}
        {start === 'started' && <PhoneGate />}
      </Frame>
    </TextProvider>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const { t } = useText();
  return (
    <LinkProvider link={ScreenLink}>
      <ToastProvider closeText={t('action.close')} regionText={t('app.notifications')}>
        <VersionProvider>{children}</VersionProvider>
      </ToastProvider>
    </LinkProvider>
  );
}

function ScreenLink(props: LinkProps) {
  return <RouterLink {...props} />;
}
