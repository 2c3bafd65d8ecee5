'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { formatInstant } from '../../../../../lib/text/format.ts';
import { refusalText } from '../../../../../lib/text/translate.ts';
import type { RefusedLine } from '../../../../server/attention-refused.ts';
import type { Words } from '../../../../server/attention-words.ts';
import { Banner } from '../../../../ui/banner.tsx';
import { Button } from '../../../../ui/button.tsx';
import { Dialog } from '../../../../ui/dialog.tsx';
import { TextArea } from '../../../../ui/text-area.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { useToast } from '../../../../ui/toast.tsx';
import { problemOf } from '../../../ask.ts';
import { ProblemBanner } from '../../../problem-banner.tsx';
import { useSend } from '../../../use-asked.ts';
import { keyLabel, nameOf, readingOf } from './record-words.ts';

export type Act = 'accept' | 'dismiss';

const WORDS = {
  accept: {
    act: 'portalAttention.accept',
    title: 'portalAttention.acceptTitle',
    help: 'portalAttention.acceptHelp',
    done: 'portalAttention.accepted',
  },
  dismiss: {
    act: 'portalAttention.dismiss',
    title: 'portalAttention.dismissTitle',
    help: 'portalAttention.dismissHelp',
    done: 'portalAttention.dismissed',
  },
} as const;

/** Asks for the reason, and says why when it is refused once more. */
export function RefusedDialog({
  line,
  words,
  act,
  onClose,
}: {
  line: RefusedLine;
  words: Words;
  act: Act;
  onClose: () => void;
}) {
  const { t, language } = useText();
  const toast = useToast();
  const client = useQueryClient();
  const send = useSend();
  const name = nameOf({ t, language, words }, line.author) ?? t('app.unknown');
  const prefilled = t('portalAttention.acceptReason', { name, when: formatInstant(language, line.madeAt) });
  const [reason, setReason] = useState(act === 'accept' ? prefilled : '');
  const [tried, setTried] = useState(false);
  const said = WORDS[act];
  const decide = () => {
    setTried(true);
    if (reason.trim() === '') return;
    const body = { reason: reason.trim(), ...(act === 'accept' ? { seen: line.seen } : {}) };
    send.mutate(
      { path: `/api/attention/${line.actionId}/${act}`, body },
      {
        onSuccess: () => {
          onClose();
          toast({ title: t(said.done) });
        },
        // Somebody was first, or wrote to the record: the page is read again.
        onError: (fault) => {
          const status = problemOf(fault)?.status;
          if (status === 404) toast({ title: t('error.not-found'), tone: 'warning' });
          if (status === 404 || status === 409) void client.invalidateQueries();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t(said.title)}
      description={t(said.help)}
      closeText={t('action.close')}
      actions={
        <>
          <Button look="primary" compact busy={send.isPending} onClick={decide}>
            {t(said.act)}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </>
      }
    >
      <AgainRefused fault={send.error} line={line} words={words} />
      <TextArea
        label={t('history.reason')}
        requiredText={t('app.required')}
        value={reason}
        onChange={setReason}
        maxLength={300}
        error={tried && reason.trim() === '' ? t('portalAttention.reasonNeeded') : undefined}
      />
    </Dialog>
  );
}

/** Why accepting was refused, too; any other problem in its usual words. */
function AgainRefused({ fault, line, words }: { fault: Error | null; line: RefusedLine; words: Words }) {
  const { t, language } = useText();
  const problem = problemOf(fault);
  if (problem?.detail === undefined) return <ProblemBanner fault={fault} />;
  const { title } = refusalText(t, problem.detail);
  const isAboutWho = ['forbidden', 'not-in-your-clinic', 'main-server-only'].includes(problem.detail);
  const remedy = isAboutWho ? refusalText(t, problem.detail).remedy : t('portalAttention.contentHelp');
  const guilty = line.changes.find(({ fields }) => problem.field !== undefined && problem.field in fields);
  const reading = readingOf(t, language, words, guilty?.collection ?? '', guilty?.versionId ?? null);
  return (
    <Banner tone="danger" title={t('portalAttention.whyAgain', { title })}>
      {problem.field !== undefined && <p>{t('portalAttention.at', { field: keyLabel(reading, problem.field) })}</p>}
      <p>{remedy}</p>
    </Banner>
  );
}
