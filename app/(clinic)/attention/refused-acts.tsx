import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Chart } from '../../../db/device/charts.ts';
import { readDraft, saveDraft } from '../../../db/device/drafts.ts';
import { reopenRefused, type Settlement, settleRefused } from '../../../db/device/settle-refused.ts';
import { sendAgain } from '../../../lib/domain/send-again.ts';
import { readDefinition } from '../../../lib/form/definition.ts';
import { isEmptied } from '../../../lib/replication/change.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { database, useSession } from '../../device/phone.ts';
import type { RefusedAction } from '../../device/refused.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { useRecords } from '../../device/watch.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { draftHref, type FormDraft } from '../form/saved-form.ts';
import { registrationForm } from '../patient/registration-version.ts';
import { correctionDraft, type KnownVersion } from './correction-draft.ts';

interface ActsProps {
  readonly refused: RefusedAction;
  readonly chart: Chart | null;
  readonly patientId: string | null;
  readonly onRefused: (refusal: RunRefusal | null) => void;
  readonly onDone: () => void;
}

/** What can be done with a refused action. Each leaves what was refused readable for 30 days. */
export function RefusedActs(props: ActsProps) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  const { discard, again, correct, busy, unfinished } = useActs(props);
  return (
    <div className="flex flex-col gap-3">
      {unfinished !== null && (
        <ButtonLink href={draftHref(unfinished)} wide icon="draft">
          {t('attention.finishDraft')}
        </ButtonLink>
      )}
      {correct !== null && (
        <Button look="primary" icon="edit" wide busy={busy} onClick={() => void correct()}>
          {t('attention.sendAgain')}
        </Button>
      )}
      {again !== null && (
        <Button
          look={correct === null ? 'primary' : 'secondary'}
          icon="send"
          wide
          busy={busy}
          onClick={() => void again()}
        >
          {t('attention.sendUnchanged')}
        </Button>
      )}
      <Button icon="trash" wide disabled={busy} onClick={() => setAsking(true)}>
        {t('attention.discard')}
      </Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={t('attention.discardTitle')}
        description={t('attention.discardHelp')}
        closeText={t('action.close')}
        actions={
          <>
            <Button look="danger" onClick={() => void discard()}>
              {t('action.discard')}
            </Button>
            <Button onClick={() => setAsking(false)}>{t('action.cancel')}</Button>
          </>
        }
      />
    </div>
  );
}

function useActs({ refused, chart, patientId, onRefused, onDone }: ActsProps) {
  const { t } = useText();
  const session = useSession();
  const toast = useToast();
  const [, go] = useLocation();
  const [busy, setBusy] = useState(false);
  const [unfinished, setUnfinished] = useState<FormDraft | null>(null);
  const draft = useCorrection(refused, chart);
  const actionId = refused.action.id;
  const settle = (how: Settlement['how']) =>
    settleRefused(database, actionId, { how, by: session.userId, atMs: Date.now() });
  const discard = async () => {
    await settle('discarded');
    const undo = () => void reopenRefused(database, actionId);
    toast({ title: t('attention.discarded'), action: { label: t('action.undo'), onSelect: undo } });
    onDone();
  };
  const changes = changesOf(refused);
  const again = async () => {
    setBusy(true);
    onRefused(null);
    const result = await runCommand(session, sendAgain, { changes }, patientId).finally(() => setBusy(false));
    if (!result.ok) return onRefused(result.refusal);
    await settle('sent-again');
    toast({ title: t('attention.sentAgain'), detail: t('sync.state.phoneHelp') });
    onDone();
  };
  const correct = async () => {
    if (draft === null) return;
    const { key, userId } = session;
    const begun = await readDraft<FormDraft>(database, key, draft.recordId, userId);
    // Another form of this record that he began: what is typed there is not written over.
    if (begun !== null && begun.content.resends !== actionId) return setUnfinished(begun.content);
    if (begun === null)
      await saveDraft(database, key, { id: draft.recordId, author: userId, savedAtMs: Date.now(), content: draft });
    go(draftHref(draft));
  };
  return {
    ...{ discard, busy, unfinished },
    again: changes.length === 0 ? null : again,
    correct: draft === null ? null : correct,
  };
}

/** What is left to send: of what was erased meanwhile nothing. */
function changesOf({ action }: RefusedAction) {
  return action.changes.flatMap((change) => {
    const { collection, recordId, kind, fields, reason, replaced } = change;
    if (kind === 'erase' || isEmptied(change)) return [];
    return [{ collection, recordId, kind, fields, reason, seen: replaced }];
  });
}

/** The refused action as a draft of the form it was made with, or null. */
function useCorrection({ action }: RefusedAction, chart: Chart | null): FormDraft | null {
  const { registrationFormId } = useClinicRecords();
  const versions = useRecords('formVersions');
  const forms = useRecords('forms');
  if (versions === undefined || forms === undefined) return null;
  const registrationVersionId = registrationForm(forms, registrationFormId)?.versionId ?? null;
  return correctionDraft({ action, chart, registrationVersionId, versionOf: (id) => knownVersion(versions, id) });
}

function knownVersion(versions: readonly StoredRecord[], id: string): KnownVersion | null {
  const version = versions.find((one) => one.id === id);
  const read = readDefinition(version?.values.definition);
  const formId = version?.values.formId;
  return read.ok && typeof formId === 'string' ? { formId, definition: read.definition } : null;
}
