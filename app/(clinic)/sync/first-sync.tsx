import type { ReactNode } from 'react';
import type { SnapshotProgress } from '../../../db/device/device-database.ts';
import { useFeed } from '../../device/feed.ts';
import { syncNow, useSyncStatus } from '../../device/workers.ts';
import { Button } from '../../ui/button.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { ConnectAgainLink } from './connect-again-link.tsx';
import { firstSyncState, stageLabel } from './first-sync-state.ts';
import { ProblemBanner } from './problem-banner.tsx';

/** Holds the screens back until every patient can be found here; the rest arrives while people work. */
export function FirstSyncGate({ children }: { children: ReactNode }) {
  const { t } = useText();
  const feed = useFeed();
  if (feed === undefined) return <Skeleton label={t('app.loading')} />;
  const state = firstSyncState(feed);
  if (state === 'done') return children;
  if (state === 'usable')
    return (
      <>
        {feed.snapshot && <SnapshotBar snapshot={feed.snapshot} />}
        {children}
      </>
    );
  return <FirstSyncScreen snapshot={feed.snapshot} />;
}

function FirstSyncScreen({ snapshot }: { snapshot: SnapshotProgress | null }) {
  const { t } = useText();
  const status = useSyncStatus();
  return (
    <section className="flex flex-col gap-4 py-6">
      <h1 className="text-xl">{t('firstSync.title')}</h1>
      <p className="text-text-2">{t('firstSync.wait')}</p>
      {snapshot === null ? (
        <Progress label={t('firstSync.asking')} done={0} total={null} />
      ) : (
        <SnapshotBar snapshot={snapshot} />
      )}
      <ProblemBanner problem={status?.problem ?? null} />
      <ConnectAgainLink problem={status?.problem ?? null} />
      {status?.problem != null && <Button onClick={() => void syncNow()}>{t('action.retry')}</Button>}
    </section>
  );
}

/** What it is at, and how many patients and records of how many are here. */
export function SnapshotBar({ snapshot }: { snapshot: SnapshotProgress }) {
  const { t } = useText();
  const { stage, delivered, totals } = snapshot;
  const patients = stage === 'org' || stage === 'patients';
  const [done, total] = patients ? [delivered.patients, totals.patients] : [delivered.records, totals.records];
  return (
    <Progress
      label={t(stageLabel(stage))}
      numbers={t('firstSync.progress', { done, total })}
      done={done}
      total={total === 0 ? null : total}
    />
  );
}
