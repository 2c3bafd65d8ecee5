'use client';
import type { ReactNode } from 'react';
import type { UndoShown } from '../../../../../lib/domain/conflict/undo-review.ts';
import { isRecord } from '../../../../../lib/form/filled-form.ts';
import type { Json } from '../../../../../lib/replication/json.ts';
import { DELETED, splitKey } from '../../../../../lib/replication/key.ts';
import { formatInstant } from '../../../../../lib/text/format.ts';
import { recordLabel } from '../../../../../lib/text/record-label.ts';
import { patientName } from '../../../../(clinic)/patient/patient-name.ts';
import type { ConflictLine, Side } from '../../../../server/attention-conflicts.ts';
import type { PatientNamed, Words } from '../../../../server/attention-words.ts';
import { Badge } from '../../../../ui/badge.tsx';
import { Banner } from '../../../../ui/banner.tsx';
import { Button } from '../../../../ui/button.tsx';
import { Card } from '../../../../ui/card.tsx';
import { Link } from '../../../../ui/link.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { useClinics } from '../../../use-clinics.ts';
import type { Decision } from './decide-dialog.tsx';
import { keyLabel, nameOf, type Reading, readingOf, toldKeys, valueText } from './record-words.ts';
import { ToldFields } from './told-fields.tsx';
import { whyText } from './why-text.ts';

interface Props {
  readonly line: ConflictLine;
  readonly words: Words;
  readonly busy: boolean;
  readonly onChoose: (keep: Decision['keep']) => void;
}

/** Both sides of a conflict beside one another, each with who, when and where, and what can be done with it. */
export function ConflictCard({ line, words, busy, onChoose }: Props) {
  const { t, language } = useText();
  const { nameOf: clinicName } = useClinics();
  const reading = readingOf(t, language, words, line.collection, line.versionId);
  const sides = sidesOf(line, reading);
  return (
    <Card
      title={<ConflictTitle line={line} reading={reading} />}
      action={<Badge tone="warning">{t(`code.conflictKind.${line.kind}`)}</Badge>}
    >
      <div className="flex flex-col gap-4">
        <p className="flex flex-wrap items-center gap-x-4 text-text-2">
          {line.patient && <PatientLink patient={line.patient} />}
          {line.clinicId && <bdi>{clinicName(line.clinicId)}</bdi>}
        </p>
        {line.provisional && (
          <Banner tone="info" title={t('portalAttention.provisional')}>
            {t('portalAttention.provisionalHelp')}
          </Banner>
        )}
        {line.kept.code && (
          <Banner tone="info" title={t('portalAttention.wouldRefuse', { title: whyText(t, line.kept.code).title })} />
        )}
        {line.undo && <UndoLeft undo={line.undo} reading={reading} />}
        <div className="grid gap-4 md:grid-cols-2">
          {sides.map(({ keep, title, act, side, told }) => (
            <SideShown key={keep} title={title} side={side} words={words} told={told}>
              {!line.provisional && (
                <Button
                  disabled={busy || (keep === 'lost' && line.undo?.possible === false)}
                  aria-label={`${act}: ${title}`}
                  onClick={() => onChoose(keep)}
                  className="self-start"
                >
                  {act}
                </Button>
              )}
            </SideShown>
          ))}
        </div>
        {line.kind === 'parallel-edit' && line.key !== DELETED && !line.provisional && (
          <Button look="quiet" icon="edit" disabled={busy} onClick={() => onChoose('edited')} className="self-start">
            {t('attention.editInstead')}
          </Button>
        )}
      </div>
    </Card>
  );
}

/** What undoing leaves as it is, told before anybody decides. */
export function UndoLeft({ undo, reading }: { undo: UndoShown; reading: Reading }) {
  const { t } = useText();
  const fields = toldKeys(Object.fromEntries(undo.left.map((key) => [key, null])))
    .map((key) => keyLabel(reading, key))
    .join(', ');
  if (undo.possible && fields === '') return null;
  const stays = fields === '' ? null : t('attention.undoLeft', { fields });
  return (
    <Banner tone="warning" title={undo.possible ? stays : t('attention.undoNot')}>
      {[undo.possible ? null : stays, t('attention.undoLeftHelp')].filter((one) => one !== null).join(' ')}
    </Banner>
  );
}

/** What it is about: the record and, of two values, the field. */
export function ConflictTitle({ line, reading }: { line: ConflictLine; reading: Reading }) {
  const about = line.aboutIds.flatMap((id) => nameOf(reading, id) ?? []).join(' · ');
  const field = line.kind === 'parallel-edit' && line.key !== DELETED ? keyLabel(reading, line.key) : null;
  const parts = [recordLabel(reading.t, line.collection), about, field].filter((part) => part);
  return <bdi>{parts.join(' · ')}</bdi>;
}

export function PatientLink({ patient }: { patient: PatientNamed }) {
  const { t } = useText();
  return (
    <Link
      href={`/admin/patients/${patient.id}`}
      aria-label={`${t('portalAttention.openPatient')}: ${patientName(patient) ?? t('patient.unnamed')}`}
      className="inline-flex min-h-12 items-center font-semibold text-accent"
    >
      <bdi>{patientName(patient) ?? t('patient.unnamed')}</bdi>
    </Link>
  );
}

interface SideTold {
  readonly keep: 'kept' | 'lost';
  readonly title: string;
  readonly act: string;
  /** Null where nobody is named: what stood before. */
  readonly side: Side | null;
  readonly told: ReactNode;
}

function sidesOf(line: ConflictLine, reading: Reading): SideTold[] {
  const { t } = reading;
  const { kept, lost } = line;
  if (line.kind === 'review') return reviewedSides(line, reading);
  if (line.kind === 'edit-and-delete') return hiddenSides(line, reading);
  const told = (value: Json) =>
    line.key === DELETED ? <Deletion value={value} /> : <Value text={valueText(reading, line.key, value)} />;
  return [
    {
      keep: 'kept',
      title: t('portalAttention.standsNow'),
      act: t('attention.keepThis'),
      side: kept,
      told: told(kept.value),
    },
    {
      keep: 'lost',
      title: t('portalAttention.otherValue'),
      act: t('attention.keepThat'),
      side: lost,
      told: told(lost.value),
    },
  ];
}

/** What a hub applied, and what stood before it. */
function reviewedSides({ kept, lost }: ConflictLine, reading: Reading): SideTold[] {
  const { t } = reading;
  const done = t(`portal.change.${kept.kind ?? 'put'}`);
  const isNew = kept.kind === 'put' && Object.values(asFields(lost.value)).every((value) => value === null);
  return [
    {
      keep: 'kept',
      title: `${t('portalAttention.applied')}: ${done}`,
      act: t('portalAttention.leave'),
      side: kept,
      told: <ToldFields reading={reading} fields={asFields(kept.value)} />,
    },
    {
      keep: 'lost',
      title: t('portalAttention.before'),
      act: t('portalAttention.undo'),
      side: null,
      told: isNew ? (
        <p className="text-text-2">{t('portalAttention.newRecord')}</p>
      ) : (
        <ToldFields reading={reading} fields={asFields(lost.value)} />
      ),
    },
  ];
}

/** A deletion, and the edit that it hides: of the record itself, or of one that hangs below it. */
function hiddenSides({ key, kept, lost }: ConflictLine, reading: Reading): SideTold[] {
  const { t } = reading;
  const below = key === DELETED ? reading : { ...reading, collection: splitKey(key).column };
  return [
    {
      keep: 'kept',
      title: t('portalAttention.deletedBy'),
      act: t('portalAttention.deleteAnyway'),
      side: kept,
      told: <DeletedWhy value={kept.value} />,
    },
    {
      keep: 'lost',
      title: `${t('portalAttention.editedMeanwhile')}${key === DELETED ? '' : `: ${recordLabel(t, below.collection)}`}`,
      act: t('portalAttention.bringBack'),
      side: lost,
      told: <ToldFields reading={below} fields={asFields(lost.value)} />,
    },
  ];
}

function asFields(value: Json): Record<string, Json> {
  return isRecord(value) ? { ...value } : {};
}

function Value({ text }: { text: string | null }) {
  const { t } = useText();
  if (text === null) return <p className="text-text-2">{t('portalAttention.empty')}</p>;
  return (
    <p className="text-lg font-semibold break-words whitespace-pre-wrap">
      <bdi>{text}</bdi>
    </p>
  );
}

/** Why it was deleted, where that is said. */
function DeletedWhy({ value }: { value: Json }) {
  const { t } = useText();
  const { deletedReason } = asFields(value);
  if (typeof deletedReason !== 'string') return null;
  return (
    <p>
      {t('history.reason')}: <bdi>{deletedReason}</bdi>
    </p>
  );
}

function Deletion({ value }: { value: Json }) {
  const { t } = useText();
  const { deletedAt } = asFields(value);
  return (
    <>
      <p className="text-lg font-semibold">
        {t(typeof deletedAt === 'string' ? 'portalAttention.deletedBy' : 'portalAttention.notDeleted')}
      </p>
      <DeletedWhy value={value} />
    </>
  );
}

function SideShown({
  title,
  side,
  words,
  told,
  children,
}: {
  title: string;
  side: Side | null;
  words: Words;
  told: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="flex min-w-0 flex-col gap-3 rounded-2 border border-border p-4">
      <h3 className="text-sm font-semibold text-text-2">{title}</h3>
      {told}
      {side && <WhoAndWhen side={side} words={words} />}
      {children}
    </section>
  );
}

function WhoAndWhen({ side, words }: { side: Side; words: Words }) {
  const { t, language } = useText();
  return (
    <p className="mt-auto text-sm text-text-2">
      <bdi>{nameOf({ t, language, words }, side.author) ?? t('app.unknown')}</bdi>
      {side.at && <> · {formatInstant(language, side.at)}</>}
      {side.origin && (
        <>
          {' · '}
          <OriginName words={words} origin={side.origin} />
        </>
      )}
    </p>
  );
}

/** Where a change was made. */
export function OriginName({ words, origin }: { words: Words; origin: string }) {
  const { t } = useText();
  const place = words.origins[origin];
  if (place?.here) return <>{t('portal.atServer')}</>;
  return <bdi>{place?.deviceName ?? t('portalAttention.unknownDevice')}</bdi>;
}
