'use client';
import { useState } from 'react';
import type { Json } from '../../../../../lib/replication/json.ts';
import { DELETED } from '../../../../../lib/replication/key.ts';
import { recordLabel } from '../../../../../lib/text/record-label.ts';
import type { ConflictLine } from '../../../../server/attention-conflicts.ts';
import type { Words } from '../../../../server/attention-words.ts';
import { Button } from '../../../../ui/button.tsx';
import { Dialog } from '../../../../ui/dialog.tsx';
import { TextArea } from '../../../../ui/text-area.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { problemOf } from '../../../ask.ts';
import { ProblemBanner } from '../../../problem-banner.tsx';
import { keyLabel, readingOf, valueText } from './record-words.ts';
import { ValueEditor } from './value-editor.tsx';

export interface Decision {
  readonly keep: 'kept' | 'lost' | 'edited';
  readonly value?: Json;
  readonly reason?: string | null;
}

/** Asks for what a decision still lacks: another value, and the reason. */
export function DecideDialog({
  line,
  words,
  keep,
  fault,
  busy,
  onDecide,
  onClose,
}: {
  line: ConflictLine;
  words: Words;
  keep: Decision['keep'];
  fault: Error | null;
  busy: boolean;
  onDecide: (decision: Decision) => void;
  onClose: () => void;
}) {
  const { t, language } = useText();
  const reading = readingOf(t, language, words, line.collection, line.versionId);
  const [value, setValue] = useState<Json>(line.kept.value);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const removes = line.kind === 'edit-and-delete' || line.key === DELETED;
  const lacking = line.needsReason && !removes && reason.trim() === '';
  const decide = () => {
    setTried(true);
    if (lacking) return;
    onDecide({ keep, reason: reason.trim() || null, ...(keep === 'edited' ? { value } : {}) });
  };
  const undoes = line.kind === 'review';
  const what = removes || undoes ? recordLabel(t, line.collection) : keyLabel(reading, line.key);
  const field = problemOf(fault)?.field;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('portalAttention.decideTitle', { what })}
      closeText={t('action.close')}
      actions={
        <>
          <Button look={removes && keep === 'kept' ? 'danger' : 'primary'} compact busy={busy} onClick={decide}>
            {t(actOf(line, keep))}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </>
      }
    >
      <ProblemBanner fault={fault} />
      {keep === 'edited' ? (
        <ValueEditor
          reading={reading}
          fieldKey={line.key}
          value={value}
          like={line.lost.value}
          faulty={field === 'decision'}
          onChange={setValue}
        />
      ) : (
        !removes &&
        !undoes && (
          <p className="text-lg font-semibold">
            <bdi>{valueText(reading, line.key, line[keep].value) ?? t('portalAttention.empty')}</bdi>
          </p>
        )
      )}
      <TextArea
        label={t('history.reason')}
        value={reason}
        onChange={setReason}
        maxLength={300}
        {...(line.needsReason && !removes ? { requiredText: t('app.required') } : { optionalText: t('app.optional') })}
        error={tried && lacking ? t('portalAttention.reasonNeeded') : undefined}
      />
    </Dialog>
  );
}

function actOf({ kind, key }: ConflictLine, keep: Decision['keep']) {
  if (kind === 'review') return 'portalAttention.undo';
  if (kind !== 'edit-and-delete' && key !== DELETED) return 'action.save';
  return keep === 'kept' ? 'portalAttention.deleteAnyway' : 'portalAttention.bringBack';
}
