'use client';
import type { KeptRow } from '../../../../../db/postgres/list-kept-rows.ts';
import { formatInstant } from '../../../../../lib/text/format.ts';
import { Card } from '../../../../ui/card.tsx';
import { CodeText } from '../../../../ui/code-text.tsx';
import { type Column, DataTable } from '../../../../ui/data-table.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { readingOf } from './record-words.ts';
import { ToldFields } from './told-fields.tsx';

/** What a hub keeps beside its records, why, and what to do about it. */
export function KeptTable({ rows }: { rows: readonly KeptRow[] }) {
  const { t } = useText();
  const columns = useColumns();
  return (
    <Card flush>
      <DataTable
        caption={t('portalAttention.kept')}
        columns={columns}
        rows={rows}
        rowKey={({ recordId, why, since }) => `${recordId} ${why} ${since}`}
        empty={null}
      />
    </Card>
  );
}

const NO_WORDS = { names: {}, origins: {}, definitions: {} };

function useColumns(): Column<KeptRow>[] {
  const { t, language } = useText();
  return [
    {
      key: 'record',
      header: t('portalAttention.keptRecord'),
      cell: ({ collection, recordId, values }) => (
        <>
          <CodeText>{`${collection} ${recordId}`}</CodeText>
          <ToldFields reading={readingOf(t, language, NO_WORDS, collection, null)} fields={values} />
        </>
      ),
    },
    {
      key: 'since',
      header: t('portalAttention.gapSince'),
      cell: ({ since }) => <span className="whitespace-nowrap">{formatInstant(language, since)}</span>,
    },
    {
      key: 'what',
      header: t('portalAttention.gapWhat'),
      cell: ({ why }) => <span className="block min-w-60">{t(`portalAttention.kept.${why}`)}</span>,
    },
  ];
}
