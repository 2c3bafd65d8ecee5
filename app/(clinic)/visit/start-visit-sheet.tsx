import { useState } from 'react';
import { tidyText } from '../../../lib/domain/field-types.ts';
import { startVisit } from '../../../lib/domain/visit/start-visit.ts';
import { TRIAGE_LEVELS, VISIT_KINDS, type VisitKind } from '../../../lib/domain/visit/visit.ts';
import { codeLabel } from '../../../lib/text/translate.ts';
import { newId } from '../../device/new-id.ts';
import { useSession } from '../../device/phone.ts';
import { type RunRefusal, runCommand } from '../../device/run-command.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { DateInput } from '../../ui/date-input.tsx';
import { Select } from '../../ui/select.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { refusalWords } from '../form/refusal-words.ts';
import { nameIn } from './name-in.ts';
import { noonOf } from './noon.ts';

/** Starts a visit: a kind is enough; reason, department and triage when they are known; an earlier day when it is noted later. */
export function StartVisitSheet({ patientId, onClose }: { patientId: string; onClose: () => void }) {
  const { t, language } = useText();
  const session = useSession();
  const toast = useToast();
  const { departments, today, timeZone } = useClinicRecords();
  const [kind, setKind] = useState<VisitKind>('consultation');
  const [reason, setReason] = useState('');
  const [departmentId, setDepartmentId] = useState<string | null>(null);
  const [triage, setTriage] = useState<string | null>(null);
  const [earlier, setEarlier] = useState(false);
  const [day, setDay] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<RunRefusal | null>(null);
  const future = earlier && day !== null && day > today;
  const start = async () => {
    setBusy(true);
    const occurredAt = earlier && day !== null && day !== today ? noonOf(day, timeZone) : null;
    const result = await runCommand(
      session,
      startVisit,
      {
        visitId: newId(),
        patientId,
        kind,
        reason: tidyText(reason),
        departmentId,
        triage: TRIAGE_LEVELS.find((level) => level === triage) ?? null,
        occurredAt,
      },
      patientId,
    );
    setBusy(false);
    if (!result.ok) return setRefusal(result.refusal);
    toast({ title: t('visit.started') });
    onClose();
  };
  const words = refusal && refusalWords(t, refusal);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('visit.start')}
      closeText={t('action.close')}
      actions={
        <>
          <Button
            look="primary"
            compact
            busy={busy}
            disabled={future || (earlier && day === null)}
            onClick={() => void start()}
          >
            {t('visit.start')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </>
      }
    >
      {words && (
        <Banner tone="danger" title={words.title}>
          {words.remedy}
        </Banner>
      )}
      <Select
        label={t('visit.kind')}
        options={VISIT_KINDS.map((one) => ({ value: one, label: codeLabel(t, 'visitKind', one) }))}
        value={kind}
        emptyText={t('form.chooseOption')}
        onChange={(value) => setKind(VISIT_KINDS.find((one) => one === value) ?? 'consultation')}
      />
      <TextInput
        label={t('visit.reason')}
        hint={t('visit.reasonHint')}
        optionalText={t('app.optional')}
        maxLength={300}
        value={reason}
        onChange={setReason}
      />
      {departments.length > 0 && (
        <Select
          label={t('visit.department')}
          optionalText={t('app.optional')}
          options={departments.map((one) => ({ value: one.id, label: nameIn(one, language) ?? one.id }))}
          value={departmentId}
          emptyText={t('app.none')}
          onChange={setDepartmentId}
        />
      )}
      <Select
        label={t('visit.triage')}
        optionalText={t('app.optional')}
        options={TRIAGE_LEVELS.map((one) => ({ value: one, label: codeLabel(t, 'triage', one) }))}
        value={triage}
        emptyText={t('app.none')}
        onChange={setTriage}
      />
      <Switch label={t('visit.retrospective')} checked={earlier} onChange={setEarlier} />
      {earlier && (
        <DateInput
          label={t('visit.occurredOn')}
          value={day}
          onChange={setDay}
          max={today}
          error={future && t('visit.inFuture')}
        />
      )}
    </Sheet>
  );
}
