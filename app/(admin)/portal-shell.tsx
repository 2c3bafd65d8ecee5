'use client';
import { usePathname } from 'next/navigation';
import { type ReactNode, useEffect, useState } from 'react';
import type { AttentionShown } from '../server/attention.ts';
import { Button } from '../ui/button.tsx';
import type { IconName } from '../ui/drawn-icon.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Link } from '../ui/link.tsx';
import { NavigationRail } from '../ui/navigation.tsx';
import { useText } from '../ui/text-provider.tsx';
import { LanguagePicker } from './alone.tsx';
import { ask } from './ask.ts';
import { countText } from './count-text.ts';
import { MainServerBanner } from './main-server-banner.tsx';
import { type Me, MeContext, managesSomewhere } from './me.ts';
import { useAsked } from './use-asked.ts';

/** Who is signed in, the rail at the side (behind a button on a narrow screen), and the page. */
export function PortalShell({ me, children }: { me: Me; children: ReactNode }) {
  const { t } = useText();
  const path = usePathname();
  const [open, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the menu
  useEffect(() => setOpen(false), [path]);
  return (
    <MeContext value={me}>
      <a
        href="#content"
        className="sr-only z-50 rounded-2 bg-surface-2 p-4 focus:not-sr-only focus:fixed focus:start-2 focus:top-2"
      >
        {t('app.skipToContent')}
      </a>
      <div className="flex min-h-dvh flex-col md:flex-row">
        <header className="flex items-center gap-2 border-b border-border bg-surface-2 px-2 md:hidden print:hidden">
          <IconButton icon="menu" label={t('action.menu')} aria-expanded={open} onClick={() => setOpen(!open)} />
          <span className="font-semibold">{t('app.name')}</span>
        </header>
        <div
          className={`${open ? 'block' : 'hidden'} md:sticky md:top-0 md:block md:h-dvh print:hidden [&>nav]:max-md:w-full [&>nav]:max-md:border-e-0`}
        >
          <Rail me={me} path={path} />
        </div>
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[1280px] min-w-0 px-4 pb-12 md:px-8 md:pt-3">
          <div className="pt-3 empty:hidden md:pt-0">
            <MainServerBanner me={me} path={path} />
          </div>
          {children}
        </main>
      </div>
    </MeContext>
  );
}

function Rail({ me, path }: { me: Me; path: string }) {
  const { t } = useText();
  const badge = useAttentionBadge(me);
  const items = placesOf(me).map(({ href, key, icon }) => ({
    href,
    icon,
    label: t(key),
    current: href === '/admin' ? path === href : path.startsWith(href),
    badge: href === '/admin/attention' ? badge : undefined,
  }));
  const signOut = async () => {
    await ask('POST', '/api/logout');
    location.assign('/admin/sign-in');
  };
  return (
    <NavigationRail
      label={t('nav.main')}
      head={me.organisation ?? t('app.name')}
      items={items}
      foot={
        <div className="flex flex-col gap-2 border-t border-border pt-3">
          <p className="px-3 text-sm text-text-2">{t('portal.signedInAs', { name: me.name })}</p>
          <LanguagePicker />
          <Link href="/admin/password" className="px-3 py-3 text-accent">
            {t('portal.changePassword')}
          </Link>
          <Button icon="sign-out" onClick={() => void signOut()}>
            {t('action.signOut')}
          </Button>
        </div>
      }
    />
  );
}

/** How much waits for somebody who administers. */
function useAttentionBadge(me: Me) {
  const { t, language } = useText();
  const enabled = managesSomewhere(me);
  const { data } = useAsked<AttentionShown>('/api/attention', { refreshMs: 60_000, enabled });
  const count = data === undefined ? 0 : data.conflicts + data.refused + data.reviews + data.gaps;
  if (count === 0) return undefined;
  return { text: countText(language, count), label: t('portalAttention.waiting', { count }) };
}

/** Only what exists, and only for whom it does something. */
function placesOf(me: Me) {
  const everyone = [
    { href: '/admin', key: 'rail.dashboard', icon: 'home' },
    { href: '/admin/patients', key: 'rail.patients', icon: 'patients' },
    { href: '/admin/forms', key: 'rail.forms', icon: 'form' },
    { href: '/admin/clinics', key: 'rail.clinics', icon: 'clinic' },
  ] as const;
  const managers = [
    { href: '/admin/users', key: 'rail.users', icon: 'user' },
    { href: '/admin/devices', key: 'rail.devices', icon: 'phone' },
    { href: '/admin/attention', key: 'rail.attention', icon: 'inbox' },
  ] as const;
  const administrators = [{ href: '/admin/audit', key: 'rail.audit', icon: 'shield' }] as const;
  type Place = (typeof everyone)[number] | (typeof managers)[number] | (typeof administrators)[number];
  const all: readonly Place[] = [
    ...everyone,
    ...(managesSomewhere(me) ? managers : []),
    ...(me.admin ? administrators : []),
  ];
  return all.map((place): { href: string; key: (typeof place)['key']; icon: IconName } => place);
}
