'use client';
import { useState } from 'react';
import type { RefusedPage } from '../../../../server/attention-refused.ts';
import { EmptyState } from '../../../../ui/empty-state.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { Listed } from './listed.tsx';
import { RefusedCard } from './refused-card.tsx';
import { type Act, RefusedDialog } from './refused-dialog.tsx';
import { usePages, wordsOf } from './use-pages.ts';

/** What devices handed in and was refused, and what is decided of it. */
export function RefusedList({ clinicId }: { clinicId: string | null }) {
  const { t } = useText();
  const pages = usePages<RefusedPage>('/api/attention/refused', { clinicId });
  const lines = pages.data?.pages.flatMap((page) => page.actions) ?? [];
  const words = wordsOf(pages.data?.pages ?? []);
  const [asking, setAsking] = useState<{ actionId: string; act: Act } | null>(null);
  const asked = lines.find(({ actionId }) => actionId === asking?.actionId);
  return (
    <>
      <Listed
        pages={pages}
        count={lines.length}
        empty={
          <EmptyState icon="success" title={t('portalAttention.noRefused')}>
            {t('portalAttention.noRefusedHelp')}
          </EmptyState>
        }
      >
        {lines.map((line) => (
          <RefusedCard
            key={`${line.actionId} ${line.receivedAt}`}
            line={line}
            words={words}
            onAct={(act) => setAsking({ actionId: line.actionId, act })}
          />
        ))}
      </Listed>
      {asking && asked && (
        <RefusedDialog
          key={`${asking.act} ${asking.actionId}`}
          line={asked}
          words={words}
          act={asking.act}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}
