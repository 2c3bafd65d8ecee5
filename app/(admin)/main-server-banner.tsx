'use client';
import { Banner } from '../ui/banner.tsx';
import { useText } from '../ui/text-provider.tsx';
import type { Me } from './me.ts';

/** Of the pages below these a hub's root takes nothing from an administrator of everything: he is told beforehand. */
const ADMINISTRATION = ['users', 'clinics', 'devices', 'forms', 'password'].map((word) => `/admin/${word}`);

/** At a hub: that what this page changes is changed at the main server. Nothing where it may be done here. */
export function MainServerBanner({ me, path }: { me: Pick<Me, 'hub' | 'admin'>; path: string }) {
  const { t } = useText();
  if (!me.hub || !me.admin || !ADMINISTRATION.some((page) => path.startsWith(page))) return null;
  return (
    <Banner tone="info" title={t('portal.atHub')}>
      {t('portal.atHubHelp')}
    </Banner>
  );
}
