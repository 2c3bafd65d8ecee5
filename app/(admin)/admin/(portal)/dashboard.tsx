'use client';
import type { ReactNode } from 'react';
import type { DeviceLine } from '../../../../db/postgres/list-devices.ts';
import type { Activity, FirstSteps } from '../../../../db/postgres/read-dashboard.ts';
import { formatNumber } from '../../../../lib/text/format.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Card } from '../../../ui/card.tsx';
import { Icon, type IconName } from '../../../ui/drawn-icon.tsx';
import { List, ListRow } from '../../../ui/list-row.tsx';
import { PageHeader } from '../../../ui/page-header.tsx';
import { useText } from '../../../ui/text-provider.tsx';
import { Loaded } from '../../loaded.tsx';
import { useMe } from '../../me.ts';
import { useAgo } from '../../use-ago.ts';
import { useAsked } from '../../use-asked.ts';

interface Dashboard {
  readonly activity: Activity;
  readonly devices: readonly DeviceLine[] | null;
  readonly refusedChanges: number | null;
  readonly steps: FirstSteps | null;
}

export function Dashboard() {
  const { t } = useText();
  const me = useMe();
  const asked = useAsked<Dashboard>('/api/dashboard', { refreshMs: 30_000 });
  return (
    <>
      <PageHeader title={t('dashboard.title')} detail={me.organisation} />
      <Loaded of={asked}>
        {({ activity, devices, refusedChanges, steps }) => (
          <div className="flex flex-col gap-6">
            {steps && <Steps steps={steps} />}
            <Figures activity={activity} refusedChanges={refusedChanges} unsent={unsentOf(devices)} />
            {devices && devices.length > 0 && <Phones devices={devices} />}
          </div>
        )}
      </Loaded>
    </>
  );
}

function unsentOf(devices: readonly DeviceLine[] | null): number | null {
  const counts = (devices ?? []).map((device) => device.unsentCount).filter((count) => count !== null);
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

function Figures({
  activity,
  refusedChanges,
  unsent,
}: {
  activity: Activity;
  refusedChanges: number | null;
  unsent: number | null;
}) {
  const { t } = useText();
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(200px,1fr))] gap-4">
      <Figure label={t('dashboard.patients')} value={activity.patients} />
      <Figure
        label={t('dashboard.newPatients')}
        value={activity.newPatients7}
        detail={t('dashboard.thisWeek')}
        more={t('portal.inMonth', { count: activity.newPatients30 })}
      />
      <Figure
        label={t('dashboard.visits')}
        value={activity.visits7}
        detail={t('dashboard.thisWeek')}
        more={t('portal.inMonth', { count: activity.visits30 })}
      />
      {unsent !== null && <Figure label={t('dashboard.unsent')} value={unsent} detail={t('portal.asReported')} />}
      {refusedChanges !== null && (
        <Figure label={t('portal.refusedChanges')} value={refusedChanges} detail={t('dashboard.thisMonth')} />
      )}
    </div>
  );
}

function Figure({ label, value, detail, more }: { label: string; value: number; detail?: string; more?: string }) {
  const { language } = useText();
  return (
    <Card>
      <p className="text-sm text-text-2">{label}</p>
      <p className="tabular text-2xl font-semibold">{formatNumber(language, value)}</p>
      {detail && <p className="text-sm text-text-2">{detail}</p>}
      {more && <p className="text-sm text-text-2">{more}</p>}
    </Card>
  );
}

function Phones({ devices }: { devices: readonly DeviceLine[] }) {
  const { t } = useText();
  const ago = useAgo();
  const newest = [...devices].sort((left, right) => ((left.lastSeenAt ?? '') < (right.lastSeenAt ?? '') ? 1 : -1));
  return (
    <Card title={t('dashboard.devices')} flush>
      <List label={t('dashboard.devices')}>
        {newest.slice(0, 10).map((device) => (
          <ListRow
            key={device.id}
            href="/admin/devices"
            lead={<Icon name={device.kind === 'hub' ? 'hub' : 'phone'} />}
            title={device.name}
            detail={`${t('devices.lastSeen')}: ${ago(device.lastSeenAt)}`}
            trail={device.revokedAt && <Badge tone="warning">{t('devices.revoked')}</Badge>}
          />
        ))}
      </List>
    </Card>
  );
}

/** What a new organisation still lacks; gone when nothing does. */
function Steps({ steps }: { steps: FirstSteps }) {
  const { t } = useText();
  const all: readonly { done: boolean; label: string; href: string; icon: IconName }[] = [
    { done: steps.clinics > 0, label: t('portal.step.clinic'), href: '/admin/clinics/new', icon: 'clinic' },
    { done: steps.users > 1, label: t('portal.step.user'), href: '/admin/users/new', icon: 'user-add' },
    { done: steps.devices > 0, label: t('portal.step.phone'), href: '/admin/devices/enrol', icon: 'phone' },
    { done: steps.eventForms > 1, label: t('portal.step.forms'), href: '/admin/forms', icon: 'form' },
  ];
  if (all.every(({ done }) => done)) return null;
  return (
    <Card title={t('portal.firstSteps')} flush>
      <List label={t('portal.firstSteps')}>
        {all.map(({ done, label, href, icon }) => (
          <Step key={href} done={done} label={label} href={href} icon={icon} />
        ))}
      </List>
    </Card>
  );
}

function Step({ done, label, href, icon }: { done: boolean; label: ReactNode; href: string; icon: IconName }) {
  const { t } = useText();
  const lead = <Icon name={done ? 'success' : icon} className={done ? 'text-success' : 'text-text-2'} />;
  if (done) return <ListRow lead={lead} title={label} trail={<Badge tone="success">{t('action.done')}</Badge>} />;
  return <ListRow lead={lead} title={label} href={href} />;
}
