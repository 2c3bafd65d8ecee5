import type { ReactNode } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';

export function Waiting() {
  const { t } = useText();
  return (
    <Alone>
      <Skeleton label={t('app.loading')} />
    </Alone>
  );
}

/** The records cannot be opened at all: private browsing, or a browser without IndexedDB. */
export function StartFault() {
  const { t } = useText();
  return (
    <Alone>
      <h1 className="sr-only">{t('app.name')}</h1>
      <Banner tone="danger" title={t('database.unsupported')}>
        {t('database.unsupportedHelp')}
      </Banner>
    </Alone>
  );
}

/** A screen that stands by itself, without the app's bars. */
export function Alone({ children }: { children: ReactNode }) {
  return <main className="mx-auto flex min-h-dvh max-w-[480px] flex-col gap-4 px-4 py-6">{children}</main>;
}
