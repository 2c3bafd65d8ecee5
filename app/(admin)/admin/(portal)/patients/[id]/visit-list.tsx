'use client';
import { type FormDefinition, fieldsOf, labelIn } from '../../../../../../lib/form/definition.ts';
import { otherKey, rowsInOrder } from '../../../../../../lib/form/filled-form.ts';
import type { Json } from '../../../../../../lib/replication/json.ts';
import { formatInstant } from '../../../../../../lib/text/format.ts';
import { codeLabel } from '../../../../../../lib/text/translate.ts';
import { answerText } from '../../../../../(clinic)/form/answer-text.ts';
import type { SeenChart, ShownRecord } from '../../../../../server/chart.ts';
import { Badge } from '../../../../../ui/badge.tsx';
import { Card } from '../../../../../ui/card.tsx';
import { EmptyState } from '../../../../../ui/empty-state.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { Facts } from '../../../../facts.tsx';
import { useClinics } from '../../../../use-clinics.ts';
import { HistoryButton } from './history-button.tsx';
import type { HistoryOf } from './history-sheet.tsx';
import { definitionOf } from './patient-details.tsx';

interface Props {
  readonly chart: SeenChart;
  readonly onHistory: (of: HistoryOf) => void;
}

/** Every visit, newest first, with all answers of its forms in the words of the version they were given to. */
export function VisitList({ chart, onHistory }: Props) {
  const { t } = useText();
  if (chart.visits.length === 0)
    return (
      <Card title={t('visit.list')}>
        <EmptyState icon="calendar" title={t('visit.empty')} />
      </Card>
    );
  const known = new Set(chart.visits.map(({ id }) => id));
  const alone = chart.events.filter((event) => !known.has(String(event.fields.visitId)));
  return (
    <>
      {chart.visits.map((visit) => (
        <Visit key={visit.id} visit={visit} chart={chart} onHistory={onHistory} />
      ))}
      {alone.map((event) => (
        <Card key={event.id}>
          <Event event={event} chart={chart} onHistory={onHistory} />
        </Card>
      ))}
    </>
  );
}

function Visit({ visit, chart, onHistory }: Props & { visit: ShownRecord }) {
  const { t, language } = useText();
  const { clinics, nameOf } = useClinics();
  const { fields } = visit;
  const clinicId = String(fields.clinicId);
  const timeZone = clinics.find(({ id }) => id === clinicId)?.fields.timeZone;
  const events = chart.events.filter((event) => event.fields.visitId === visit.id);
  const provider = fields.providerName ?? chart.names[String(fields.providerId)] ?? '';
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span>{formatInstant(language, String(fields.occurredAt), timeZone)}</span>
          <span className="font-normal">{codeLabel(t, 'visitKind', String(fields.kind))}</span>
          <Badge tone={fields.status === 'open' ? 'info' : 'neutral'}>
            {codeLabel(t, 'visitStatus', String(fields.status ?? 'open'))}
          </Badge>
        </span>
      }
      action={<HistoryButton onOpen={() => onHistory({ collection: 'visits', id: visit.id, definition: null })} />}
    >
      <div className="flex flex-col gap-6">
        <p className="text-text-2">
          <bdi>{[nameOf(clinicId), String(provider), fields.reason].filter(Boolean).join(' · ')}</bdi>
        </p>
        {events.map((event) => (
          <Event key={event.id} event={event} chart={chart} onHistory={onHistory} />
        ))}
      </div>
    </Card>
  );
}

function Event({ event, chart, onHistory }: Props & { event: ShownRecord }) {
  const { t, language } = useText();
  const versionId = String(event.fields.formVersionId);
  const definition = definitionOf(chart, versionId);
  const title = definition ? labelIn(definition.title, language, definition) : t('event.one');
  const by = chart.names[String(event.fields.providerId)] ?? '';
  const number = chart.versions[versionId]?.number;
  return (
    <section aria-label={title} className="flex flex-col gap-3 border-t border-border pt-3">
      <div className="flex flex-wrap items-center gap-x-3">
        <h3 className="text-base font-semibold">
          <bdi>{title}</bdi>
        </h3>
        <span className="grow text-sm text-text-2">
          {number !== undefined && t('form.version', { number })} · <bdi>{by}</bdi>
        </span>
        <HistoryButton onOpen={() => onHistory({ collection: 'events', id: event.id, definition })} />
      </div>
      {definition && <Answers definition={definition} event={event} />}
    </section>
  );
}

function Answers({ definition, event }: { definition: FormDefinition; event: ShownRecord }) {
  return <Facts facts={useFacts(definition, event)} />;
}

/** Answers with their labels; rows of a repeat spread out; why there is no answer, where that was said. */
function useFacts(definition: FormDefinition, { fields }: ShownRecord) {
  const { t, language } = useText();
  const reading = { t, language, definition };
  const answers = (fields.answers ?? {}) as Record<string, Json>;
  const missing = (fields.missing ?? {}) as Record<string, Json>;
  return fieldsOf(definition).flatMap(({ field, repeat }) => {
    if (repeat !== null) return [];
    const label = labelIn(field.label, language, definition);
    const why = missing[field.id];
    const value = answerText(reading, field, answers[field.id], answers[otherKey(field.id)]);
    if (value === null)
      return typeof why === 'string' ? [{ key: field.id, label, value: codeLabel(t, 'missing', why) }] : [];
    if (field.type !== 'repeat') return [{ key: field.id, label, value }];
    const rows = rowsInOrder(answers[field.id]).map(([, row]) =>
      field.fields
        .flatMap((inner) => {
          const said = answerText(reading, inner, row[inner.id], row[otherKey(inner.id)]);
          return said === null ? [] : [`${labelIn(inner.label, language, definition)}: ${said}`];
        })
        .join(', '),
    );
    return [{ key: field.id, label, value: rows.join('\n') }];
  });
}
