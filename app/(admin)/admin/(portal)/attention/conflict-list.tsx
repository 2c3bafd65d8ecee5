'use client';
import { useState } from 'react';
import type { ConflictLine, ConflictPage } from '../../../../server/attention-conflicts.ts';
import { EmptyState } from '../../../../ui/empty-state.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { useToast } from '../../../../ui/toast.tsx';
import { problemOf } from '../../../ask.ts';
import { ProblemBanner } from '../../../problem-banner.tsx';
import { useSend } from '../../../use-asked.ts';
import { ConflictCard } from './conflict-card.tsx';
import { DecideDialog, type Decision } from './decide-dialog.tsx';
import { Listed } from './listed.tsx';
import { usePages, wordsOf } from './use-pages.ts';

/** Open conflicts, or reviews, and what is decided of them. */
export function ConflictList({ clinicId, kind }: { clinicId: string | null; kind: string | null }) {
  const { t } = useText();
  const pages = usePages<ConflictPage>('/api/attention/conflicts', { clinicId, kind });
  const lines = pages.data?.pages.flatMap((page) => page.conflicts) ?? [];
  const words = wordsOf(pages.data?.pages ?? []);
  const [asking, setAsking] = useState<{ id: string; keep: Decision['keep'] } | null>(null);
  const { decide, send } = useDecide(() => setAsking(null));
  const asked = lines.find(({ id }) => id === asking?.id);
  const choose = (line: ConflictLine, keep: Decision['keep']) => {
    send.reset();
    const atOnce = line.kind === 'parallel-edit' && keep !== 'edited' && !line.needsReason;
    const leftOrUndone = line.kind === 'review' && (keep === 'kept' || !line.needsReason);
    if (atOnce || leftOrUndone) decide(line, { keep });
    else setAsking({ id: line.id, keep });
  };
  return (
    <>
      {!asking && <ProblemBanner fault={send.error} />}
      <Listed
        pages={pages}
        count={lines.length}
        empty={
          kind === 'review' ? (
            <EmptyState icon="hub" title={t('portalAttention.noReviews')}>
              {t('portalAttention.noReviewsHelp')}
            </EmptyState>
          ) : (
            <EmptyState icon="success" title={t('portalAttention.noConflicts')}>
              {t('portalAttention.noConflictsHelp')}
            </EmptyState>
          )
        }
      >
        {lines.map((line) => (
          <ConflictCard
            key={line.id}
            line={line}
            words={words}
            busy={send.isPending}
            onChoose={(keep) => choose(line, keep)}
          />
        ))}
      </Listed>
      {asking && asked && (
        <DecideDialog
          line={asked}
          words={words}
          keep={asking.keep}
          fault={send.error}
          busy={send.isPending}
          onDecide={(decision) => decide(asked, decision)}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}

/** Sends a decision. What somebody else decided first is said, and the list is read again. */
function useDecide(onDone: () => void) {
  const { t } = useText();
  const toast = useToast();
  const sending = useSend();
  const decide = (line: ConflictLine, decision: Decision) => {
    const body = { ...decision, keptStamp: line.kept.stamp };
    sending.mutate(
      { path: `/api/attention/${line.id}/resolve`, body },
      {
        onSuccess: () => {
          onDone();
          toast({ title: t('attention.resolved') });
        },
        onError: (fault) => {
          if (problemOf(fault)?.status === 404 || problemOf(fault)?.status === 409) onDone();
        },
      },
    );
  };
  return { decide, send: sending };
}
