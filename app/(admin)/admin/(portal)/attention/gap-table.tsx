'use client';
import type { Gap } from '../../../../../db/postgres/list-gaps.ts';
import { formatInstant, formatNumber } from '../../../../../lib/text/format.ts';
import type { GapList } from '../../../../server/attention.ts';
import { Card } from '../../../../ui/card.tsx';
import { CodeText } from '../../../../ui/code-text.tsx';
import { type Column, DataTable } from '../../../../ui/data-table.tsx';
import { EmptyState } from '../../../../ui/empty-state.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { Loaded } from '../../../loaded.tsx';
import { useAsked } from '../../../use-asked.ts';
import { KeptTable } from './kept-table.tsx';

/** Devices with changes that are here although earlier ones are not, and what to do about it. */
export function GapTable() {
  const { t } = useText();
  const asked = useAsked<GapList>('/api/attention/gaps', { refreshMs: 60_000 });
  const columns = useColumns();
  return (
    <Loaded of={asked}>
      {({ gaps, kept }) => (
        <>
          {kept.length > 0 && <KeptTable rows={kept} />}
          <Card flush>
            <DataTable
              caption={t('portalAttention.gaps')}
              columns={columns}
              rows={gaps}
              rowKey={({ origin }) => origin}
              empty={
                <EmptyState icon="success" title={t('portalAttention.noGaps')}>
                  {t('portalAttention.noGapsHelp')}
                </EmptyState>
              }
            />
          </Card>
        </>
      )}
    </Loaded>
  );
}

function useColumns(): Column<Gap>[] {
  const { t, language } = useText();
  const runs = (gap: Gap) => gap.missing.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
  return [
    {
      key: 'device',
      header: t('devices.one'),
      cell: ({ deviceName }) => <bdi className="font-semibold">{deviceName ?? t('portalAttention.unknownDevice')}</bdi>,
    },
    {
      key: 'missing',
      header: t('portalAttention.gapMissing'),
      cell: (gap) => (
        <>
          <span className="block">{t('portalAttention.gapCount', { count: gap.missingCount })}</span>
          <span className="text-sm text-text-2">
            {t('portalAttention.gapNumbers')}: <CodeText>{runs(gap)}</CodeText>
          </span>
        </>
      ),
    },
    {
      key: 'since',
      header: t('portalAttention.gapSince'),
      cell: ({ since }) => <span className="whitespace-nowrap">{formatInstant(language, since)}</span>,
    },
    {
      key: 'waiting',
      header: t('portalAttention.gapWaiting'),
      numeric: true,
      cell: ({ waiting }) => formatNumber(language, waiting),
    },
    {
      key: 'what',
      header: t('portalAttention.gapWhat'),
      cell: ({ since }) => (
        <span className="block min-w-60">{t('portalAttention.gapDo', { when: formatInstant(language, since) })}</span>
      ),
    },
  ];
}
