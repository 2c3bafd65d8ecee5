'use client';
import { useState } from 'react';
import type { AuditPlace } from '../../../../../db/postgres/audit-filter.ts';
import type { GrantLine } from '../../../../../db/postgres/list-access-grants.ts';
import { formatInstant, formatNumber } from '../../../../../lib/text/format.ts';
import { Badge } from '../../../../ui/badge.tsx';
import { Button } from '../../../../ui/button.tsx';
import type { Column } from '../../../../ui/data-table.tsx';
import { Dialog } from '../../../../ui/dialog.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { ProblemBanner } from '../../../problem-banner.tsx';
import { useSend } from '../../../use-asked.ts';
import { useClinics } from '../../../use-clinics.ts';
import { NO_FILTERS } from './audit-filter.ts';
import { AuditFrame } from './audit-frame.tsx';
import { AuditTable } from './audit-table.tsx';
import { PatientLink } from './patient-link.tsx';
import { useAuditPages } from './use-audit-pages.ts';

/** Every chart that was opened in an emergency: who, why, until when; one in force can be ended. */
export function GrantsPage() {
  const { t } = useText();
  const [filters, setFilters] = useState(NO_FILTERS);
  const [ending, setEnding] = useState<GrantLine | null>(null);
  const pages = useAuditPages<{ grants: GrantLine[]; next: AuditPlace | null }>('/api/access-grants', filters);
  const columns = useColumns(setEnding);
  return (
    <>
      <AuditFrame list="grants" filters={filters} onFilters={setFilters}>
        <AuditTable
          pages={pages}
          rows={pages.data?.pages.flatMap((page) => page.grants) ?? []}
          columns={columns}
          caption={t('audit.grants')}
          filters={filters}
          empty={{ title: t('audit.noGrants'), help: t('audit.noGrantsHelp') }}
        />
      </AuditFrame>
      <EndDialog grant={ending} onClose={() => setEnding(null)} />
    </>
  );
}

function useColumns(onEnd: (grant: GrantLine) => void): Column<GrantLine>[] {
  const { t, language } = useText();
  const { nameOf } = useClinics();
  const instant = (at: string) => <span className="whitespace-nowrap">{formatInstant(language, at)}</span>;
  return [
    {
      key: 'when',
      header: t('audit.when'),
      cell: ({ from, until }) => (
        <>
          {instant(from)}
          <span className="block text-sm whitespace-nowrap text-text-2">
            {t('audit.until')} {formatInstant(language, until)}
          </span>
        </>
      ),
    },
    {
      key: 'who',
      header: t('audit.who'),
      cell: ({ userName, clinicId }) => (
        <>
          <bdi>{userName ?? t('app.unknown')}</bdi>
          <span className="block text-sm text-text-2">
            <bdi>{nameOf(clinicId)}</bdi>
          </span>
        </>
      ),
    },
    { key: 'patient', header: t('patient.one'), cell: (line) => <PatientLink {...line} /> },
    { key: 'why', header: t('audit.why'), cell: ({ reason }) => <bdi>{reason}</bdi> },
    { key: 'views', header: t('audit.opened'), numeric: true, cell: ({ views }) => formatNumber(language, views) },
    { key: 'end', header: t('audit.end'), cell: (grant) => <End grant={grant} onEnd={onEnd} /> },
  ];
}

function End({ grant, onEnd }: { grant: GrantLine; onEnd: (grant: GrantLine) => void }) {
  const { t, language } = useText();
  if (grant.endedAt !== null)
    return (
      <>
        <span className="whitespace-nowrap">{formatInstant(language, grant.endedAt)}</span>
        <span className="block text-sm text-text-2">
          <bdi>{grant.endedByName ?? t('audit.timeOver')}</bdi>
        </span>
      </>
    );
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Badge tone="warning" icon="shield">
        {t('audit.inForce')}
      </Badge>
      <Button look="quiet" className="whitespace-nowrap" onClick={() => onEnd(grant)}>
        {t('breakGlass.endNow')}
      </Button>
    </span>
  );
}

function EndDialog({ grant, onClose }: { grant: GrantLine | null; onClose: () => void }) {
  const { t } = useText();
  const { nameOf } = useClinics();
  const send = useSend();
  const end = () => send.mutate({ path: `/api/access-grants/${grant?.id}/end` }, { onSuccess: onClose });
  return (
    <Dialog
      open={grant !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t('audit.endTitle')}
      description={t('audit.endHelp', { clinic: nameOf(grant?.clinicId ?? null) })}
      closeText={t('action.close')}
      actions={
        <>
          <Button look="danger" busy={send.isPending} onClick={end}>
            {t('breakGlass.endNow')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </>
      }
    >
      <ProblemBanner fault={send.error} />
    </Dialog>
  );
}
