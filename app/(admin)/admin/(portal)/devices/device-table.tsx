'use client';
import { useState } from 'react';
import type { DeviceLine } from '../../../../../db/postgres/list-devices.ts';
import { formatInstant, formatNumber } from '../../../../../lib/text/format.ts';
import { Badge } from '../../../../ui/badge.tsx';
import { Button, ButtonLink } from '../../../../ui/button.tsx';
import { Card } from '../../../../ui/card.tsx';
import { type Column, DataTable } from '../../../../ui/data-table.tsx';
import { Dialog } from '../../../../ui/dialog.tsx';
import { EmptyState } from '../../../../ui/empty-state.tsx';
import { PageHeader } from '../../../../ui/page-header.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { useToast } from '../../../../ui/toast.tsx';
import { Loaded } from '../../../loaded.tsx';
import { ProblemBanner } from '../../../problem-banner.tsx';
import { useAgo } from '../../../use-ago.ts';
import { useAsked, useSend } from '../../../use-asked.ts';
import { useClinics } from '../../../use-clinics.ts';
import { CodeTable } from './code-table.tsx';

export function DeviceTable() {
  const { t } = useText();
  const asked = useAsked<{ devices: DeviceLine[] }>('/api/devices', { refreshMs: 30_000 });
  const [revoking, setRevoking] = useState<DeviceLine | null>(null);
  const columns = useColumns(setRevoking);
  return (
    <>
      <PageHeader
        title={t('rail.devices')}
        actions={
          <ButtonLink look="primary" compact icon="qr" href="/admin/devices/enrol">
            {t('enrol.create')}
          </ButtonLink>
        }
      />
      <div className="flex flex-col gap-6">
        <Loaded of={asked}>
          {({ devices }) => (
            <Card flush>
              <DataTable
                caption={t('devices.list')}
                columns={columns}
                rows={devices}
                rowKey={({ id }) => id}
                empty={
                  <EmptyState icon="phone" title={t('devices.empty')}>
                    {t('devices.emptyHelp')}
                  </EmptyState>
                }
              />
            </Card>
          )}
        </Loaded>
        <CodeTable />
      </div>
      <RevokeDialog device={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}

/** Above this a phone's clock is worth a word: changes are ordered by it while it is offline. */
const CLOCK_OFF_MS = 5 * 60_000;

function useColumns(onRevoke: (device: DeviceLine) => void): Column<DeviceLine>[] {
  const { t, language } = useText();
  const { nameOf } = useClinics();
  const ago = useAgo();
  return [
    { key: 'name', header: t('devices.one'), cell: ({ name }) => <bdi className="font-semibold">{name}</bdi> },
    {
      key: 'clinic',
      header: t('clinic.one'),
      cell: ({ clinicIds }) => <bdi>{clinicIds.map(nameOf).join(', ')}</bdi>,
    },
    { key: 'users', header: t('user.list'), cell: ({ users }) => <bdi>{users.join(', ')}</bdi> },
    {
      key: 'seen',
      header: t('devices.lastSeen'),
      cell: ({ lastSeenAt, clockOffsetMs }) => (
        <>
          <span title={lastSeenAt === null ? undefined : formatInstant(language, lastSeenAt)}>{ago(lastSeenAt)}</span>
          {Math.abs(clockOffsetMs ?? 0) > CLOCK_OFF_MS && (
            <Badge tone="warning" icon="warning">
              {t('devices.clockOff', {
                minutes: formatNumber(language, Math.round(Math.abs(clockOffsetMs ?? 0) / 60_000)),
              })}
            </Badge>
          )}
        </>
      ),
    },
    {
      key: 'version',
      header: t('devices.version'),
      cell: ({ appVersion }) => appVersion ?? t('portal.notReported'),
    },
    {
      key: 'unsent',
      header: t('devices.unsent'),
      numeric: true,
      cell: ({ unsentCount }) => (unsentCount === null ? t('portal.notReported') : formatNumber(language, unsentCount)),
    },
    {
      key: 'status',
      header: t('devices.status'),
      cell: ({ revokedAt, lostAt }) => (
        <Badge tone={revokedAt ? 'warning' : 'success'} icon={revokedAt ? 'lock' : 'check'}>
          {lostAt ? t('devices.lost') : revokedAt ? t('devices.revoked') : t('devices.active')}
        </Badge>
      ),
    },
    {
      key: 'revoke',
      header: <span className="sr-only">{t('devices.revoke')}</span>,
      cell: (device) =>
        device.revokedAt === null && (
          <Button look="quiet" onClick={() => onRevoke(device)}>
            {t('devices.revoke')}
          </Button>
        ),
    },
  ];
}

function RevokeDialog({ device, onClose }: { device: DeviceLine | null; onClose: () => void }) {
  const { t } = useText();
  const toast = useToast();
  const send = useSend();
  const name = device?.name ?? '';
  const revoke = () =>
    send.mutate(
      { path: `/api/devices/${device?.id}/revoke`, body: {} },
      {
        onSuccess: () => {
          onClose();
          toast({ title: t('portal.deviceRevoked', { name }) });
        },
      },
    );
  return (
    <Dialog
      open={device !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t('devices.revokeTitle', { name })}
      description={t('portal.revokeHelp')}
      closeText={t('action.close')}
      actions={
        <>
          <Button look="danger" busy={send.isPending} onClick={revoke}>
            {t('devices.revoke')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </>
      }
    >
      <ProblemBanner fault={send.error} />
    </Dialog>
  );
}
