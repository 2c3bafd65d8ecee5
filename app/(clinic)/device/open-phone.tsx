import { lazy, Suspense, useCallback } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { IconButton } from '../../ui/icon-button.tsx';
import { Link } from '../../ui/link.tsx';
import { BottomBar, type NavigationItem } from '../../ui/navigation.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useAttentionCount } from '../attention/use-attention-count.ts';
import { ClinicRecordsProvider, useClinicRecords } from '../clinic/clinic-records.tsx';
import { PatientsScreen } from '../patient/patients-screen.tsx';
import { FirstSyncGate } from '../sync/first-sync.tsx';
import { SyncBadge } from '../sync/sync-badge.tsx';
import { noteIdle } from './idle-note.ts';
import { lockEveryTab, useIdleLock } from './use-idle-lock.ts';
import { useScreenChange } from './use-screen-change.ts';
import { UpdateBanner } from './version.tsx';

// What is not the first screen comes when it is first asked for; offline it comes from the phone's own cache.
const SyncScreen = lazy(() => import('../sync/sync-screen.tsx').then((module) => ({ default: module.SyncScreen })));
const AttentionScreen = lazy(() =>
  import('../attention/attention-screen.tsx').then((module) => ({ default: module.AttentionScreen })),
);
const RefusedScreen = lazy(() =>
  import('../attention/refused-screen.tsx').then((module) => ({ default: module.RefusedScreen })),
);
const ConflictScreen = lazy(() =>
  import('../attention/conflict-screen.tsx').then((module) => ({ default: module.ConflictScreen })),
);
const ReplacedScreen = lazy(() =>
  import('../attention/replaced-screen.tsx').then((module) => ({ default: module.ReplacedScreen })),
);
const ConnectAgainScreen = lazy(() =>
  import('../sync/connect-again-screen.tsx').then((module) => ({ default: module.ConnectAgainScreen })),
);
const MeScreen = lazy(() => import('../me/me-screen.tsx').then((module) => ({ default: module.MeScreen })));
const TodayScreen = lazy(() => import('../visit/today-screen.tsx').then((module) => ({ default: module.TodayScreen })));
const AddUserScreen = lazy(() => import('./add-user-screen.tsx').then((module) => ({ default: module.AddUserScreen })));
const RegisterScreen = lazy(() =>
  import('../patient/register-screen.tsx').then((module) => ({ default: module.RegisterScreen })),
);
const ChartRoutes = lazy(() =>
  import('../patient/chart-routes.tsx').then((module) => ({ default: module.ChartRoutes })),
);

/** Everything behind the PIN. */
export function OpenPhone() {
  return (
    <ClinicRecordsProvider>
      <Shell />
    </ClinicRecordsProvider>
  );
}

function Shell() {
  const { t } = useText();
  const { idleLockMinutes } = useClinicRecords();
  const onIdle = useCallback(() => noteIdle(true), []);
  useIdleLock(idleLockMinutes, onIdle);
  const main = useScreenChange();
  return (
    <>
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface-2 focus:p-3">
        {t('app.skipToContent')}
      </a>
      <TopBar />
      <main
        ref={main}
        id="content"
        tabIndex={-1}
        className="mx-auto flex max-w-[720px] flex-col gap-4 px-4 pb-6 outline-none md:pb-28"
      >
        <UpdateBanner />
        <Suspense fallback={<Skeleton label={t('app.loading')} lines={6} />}>
          <Switch>
            {/* A token can end before the first sync did. */}
            <Route path="/c/sync/connect">
              <ConnectAgainScreen />
            </Route>
            <Route>
              <FirstSyncGate>
                <ClinicRoutes />
              </FirstSyncGate>
            </Route>
          </Switch>
        </Suspense>
      </main>
      <PhoneNavigation />
    </>
  );
}

function TopBar() {
  const { t } = useText();
  const { clinicName } = useClinicRecords();
  return (
    <header className="sticky top-0 z-20 border-b border-border bg-surface-2">
      <div className="mx-auto flex min-h-14 max-w-[720px] items-center gap-2 ps-4 pe-2">
        <p className="min-w-0 grow truncate font-semibold">
          <bdi>{clinicName ?? t('app.name')}</bdi>
        </p>
        <Link href="/c/sync" className="flex min-h-12 items-center rounded-2 px-1">
          <SyncBadge />
        </Link>
        <IconButton icon="lock" label={t('lock.lockNow')} onClick={() => void lockEveryTab()} />
      </div>
    </header>
  );
}

function ClinicRoutes() {
  return (
    <Switch>
      <Route path="/c">
        <PatientsScreen />
      </Route>
      <Route path="/c/today">
        <TodayScreen />
      </Route>
      <Route path="/c/sync">
        <SyncScreen />
      </Route>
      <Route path="/c/sync/attention">
        <AttentionScreen />
      </Route>
      <Route path="/c/sync/attention/refused/:id">{({ id }) => <RefusedScreen actionId={id} />}</Route>
      <Route path="/c/sync/attention/conflict/:patientId/:id">
        {({ patientId, id }) => <ConflictScreen patientId={patientId} conflictId={id} />}
      </Route>
      <Route path="/c/sync/attention/replaced/:patientId">
        {({ patientId }) => <ReplacedScreen patientId={patientId} />}
      </Route>
      <Route path="/c/me">
        <MeScreen />
      </Route>
      <Route path="/c/me/add-user">
        <AddUserScreen />
      </Route>
      <Route path="/c/register/:id?">{({ id }) => <RegisterScreen patientId={id ?? null} />}</Route>
      <Route path="/c/patients/:id/*?">{({ id }) => <ChartRoutes key={id} patientId={id.toLowerCase()} />}</Route>
      <Route path="/p/:id">{({ id }) => <Redirect to={`/c/patients/${id}`} replace />}</Route>
      <Route>
        <Redirect to="/c" replace />
      </Route>
    </Switch>
  );
}

/** Where a form is filled: its own bar stands at the lower edge, and nobody leaves it by a slip of the thumb. */
const FORM_SCREEN = /^\/c\/(register|patients\/[^/]+\/(edit|visits\/[^/]+\/forms\/.+|events\/[^/]+\/correct))/;

function PhoneNavigation() {
  const { t } = useText();
  const [path] = useLocation();
  const waiting = useAttentionCount().all;
  if (FORM_SCREEN.test(path)) return null;
  const at = (href: string) =>
    href === '/c' ? path === '/c' || /^\/c\/(patients|register)/.test(path) : path.startsWith(href);
  const item = (href: string, label: string, icon: NavigationItem['icon']): NavigationItem => ({
    href,
    label,
    icon,
    current: at(href),
  });
  const attention =
    waiting === 0 ? undefined : { text: String(waiting), label: t('attention.waiting', { count: waiting }) };
  return (
    <BottomBar
      label={t('nav.main')}
      items={[
        item('/c', t('nav.patients'), 'patients'),
        item('/c/today', t('nav.today'), 'calendar'),
        { ...item('/c/sync', t('nav.sync'), 'sync'), badge: attention },
        item('/c/me', t('nav.me'), 'user'),
      ]}
    />
  );
}
