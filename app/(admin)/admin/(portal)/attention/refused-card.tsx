'use client';
import { splitKey } from '../../../../../lib/replication/key.ts';
import { formatInstant } from '../../../../../lib/text/format.ts';
import { recordLabel } from '../../../../../lib/text/record-label.ts';
import type { RefusedChange, RefusedLine } from '../../../../server/attention-refused.ts';
import type { Words } from '../../../../server/attention-words.ts';
import { Badge } from '../../../../ui/badge.tsx';
import { Banner } from '../../../../ui/banner.tsx';
import { Button } from '../../../../ui/button.tsx';
import { Card } from '../../../../ui/card.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { useClinics } from '../../../use-clinics.ts';
import { OriginName, PatientLink } from './conflict-card.tsx';
import { keyLabel, nameOf, readingOf } from './record-words.ts';
import type { Act } from './refused-dialog.tsx';
import { ToldFields } from './told-fields.tsx';
import { whyText } from './why-text.ts';

/** A refused action in full: who, where, when, why, and every change of it. */
export function RefusedCard({ line, words, onAct }: { line: RefusedLine; words: Words; onAct: (act: Act) => void }) {
  const { t } = useText();
  const records = [...new Set(line.changes.map(({ collection }) => recordLabel(t, collection)))];
  const name = records.join(', ');
  return (
    <Card
      title={name}
      action={
        line.heldRightThen && (
          <Badge tone="info" icon="shield">
            {t('portalAttention.heldRight')}
          </Badge>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {line.patient && (
          <p>
            <PatientLink patient={line.patient} />
          </p>
        )}
        <Why line={line} words={words} />
        <Circumstances line={line} words={words} />
        <ul className="flex flex-col gap-4">
          {line.changes.map((change) => (
            <li key={change.id} className="rounded-2 border border-border p-4">
              <ChangeShown change={change} words={words} isNew={line.changes.length > 0 && change.now === null} />
            </li>
          ))}
        </ul>
        <div className="flex flex-wrap gap-3">
          <Button
            look="primary"
            compact
            disabled={!line.acceptable}
            onClick={() => onAct('accept')}
            aria-label={`${t('portalAttention.accept')}: ${name}`}
          >
            {t('portalAttention.accept')}
          </Button>
          <Button onClick={() => onAct('dismiss')} aria-label={`${t('portalAttention.dismiss')}: ${name}`}>
            {t('portalAttention.dismiss')}
          </Button>
        </div>
      </div>
    </Card>
  );
}

function Why({ line, words }: { line: RefusedLine; words: Words }) {
  const { t, language } = useText();
  const { title, remedy } = whyText(t, line.refusal.code);
  const guilty = line.changes.find(({ id }) => id === line.refusal.changeId) ?? line.changes[0]!;
  const reading = readingOf(t, language, words, guilty.collection, guilty.versionId);
  const { key } = line.refusal;
  return (
    <>
      <Banner tone="warning" title={`${t('portalAttention.why')}: ${title}`}>
        {key !== null && <p>{t('portalAttention.at', { field: keyLabel(reading, key) })}</p>}
        <p>{remedy}</p>
      </Banner>
      {line.heldRightThen && (
        <Banner tone="info" title={t('portalAttention.heldRight')}>
          {t('portalAttention.heldRightHelp')}
        </Banner>
      )}
      {!line.acceptable && <Banner tone="info" title={t('portalAttention.notAcceptable')} />}
    </>
  );
}

function Circumstances({ line, words }: { line: RefusedLine; words: Words }) {
  const { t, language } = useText();
  const { nameOf: clinicName } = useClinics();
  const facts = [
    { key: 'who', label: t('audit.who'), value: nameOf({ t, language, words }, line.author) ?? t('app.unknown') },
    {
      key: 'where',
      label: t('devices.one'),
      value: words.origins[line.origin]?.deviceName ? (
        <OriginName words={words} origin={line.origin} />
      ) : (
        (line.deviceName ?? t('portalAttention.unknownDevice'))
      ),
    },
    { key: 'clinic', label: t('clinic.one'), value: clinicName(line.clinicId) || t('app.none') },
    { key: 'made', label: t('portalAttention.madeAt'), value: formatInstant(language, line.madeAt) },
    { key: 'received', label: t('portalAttention.receivedAt'), value: formatInstant(language, line.receivedAt) },
  ];
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(220px,1fr))] gap-x-6 gap-y-3">
      {facts.map(({ key, label, value: said }) => (
        <div key={key} className="min-w-0">
          <dt className="text-sm text-text-2">{label}</dt>
          <dd>
            <bdi>{said}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function ChangeShown({ change, words, isNew }: { change: RefusedChange; words: Words; isNew: boolean }) {
  const { t, language } = useText();
  const reading = readingOf(t, language, words, change.collection, change.versionId);
  const fields = Object.fromEntries(
    Object.entries(change.fields).filter(([key]) => splitKey(key).column !== 'clinicId' || change.now !== null),
  );
  return (
    <div className="flex flex-col gap-3">
      <h3 className="flex flex-wrap items-center gap-2 text-base font-semibold">
        {recordLabel(t, change.collection)} · {t(`portal.change.${change.kind}`)}
        {isNew && change.kind === 'put' && <Badge>{t('portalAttention.newRecord')}</Badge>}
        {change.deleted && <Badge tone="warning">{t('patient.deleted')}</Badge>}
      </h3>
      <ToldFields reading={reading} fields={fields} now={change.now} />
      {change.reason && (
        <p>
          {t('history.reason')}: <bdi>{change.reason}</bdi>
        </p>
      )}
    </div>
  );
}
