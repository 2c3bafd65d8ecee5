import { Fragment } from 'react';
import type { Chart } from '../../../db/device/charts.ts';
import { refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { formatInstant, formatTime } from '../../../lib/text/format.ts';
import { codeLabel } from '../../../lib/text/translate.ts';
import { useRecords } from '../../device/watch.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Icon } from '../../ui/drawn-icon.tsx';
import { List, ListRow } from '../../ui/list-row.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { ConflictMarks, ConflictRows } from '../attention/conflict-mark.tsx';
import { textOf, useAllowed, useClinicRecords } from '../clinic/clinic-records.tsx';
import { Facts } from '../event/facts.tsx';
import { measuresOf, type VisitView } from '../patient/chart-view.ts';
import { measureText } from '../patient/measure-text.ts';
import { RecordPlace } from '../sync/record-place.tsx';
import { nameIn } from './name-in.ts';
import { triageTone } from './triage-tone.ts';

/** One visit: when, why, by whom, and the forms filled in it. */
export function VisitCard({
  chart,
  view,
  withVitals = false,
}: {
  chart: Chart;
  view: VisitView;
  withVitals?: boolean;
}) {
  const { t, language } = useText();
  const { timeZone, users, departments } = useClinicRecords();
  const mayView = useAllowed('view-history');
  const { visit } = view;
  const department = departments.find((one) => one.id === visit.values.departmentId);
  const about = [
    textOf(visit, 'reason'),
    department && nameIn(department, language),
    users.get(textOf(visit, 'providerId') ?? ''),
  ].filter(Boolean);
  return (
    <Card
      flush
      title={
        <>
          {codeLabel(t, 'visitKind', String(visit.values.kind))}
          <span className="block text-sm font-normal text-text-2">
            {formatInstant(language, String(visit.values.occurredAt), timeZone)}
          </span>
        </>
      }
      action={<RecordPlace unsent={view.unsent} of={[visit, ...view.events, ...view.vitals]} />}
    >
      <div className="flex flex-wrap items-center gap-2 px-4 py-2">
        {view.deleted ? (
          <Badge tone="danger" icon="trash">
            {t('patient.deleted')}
          </Badge>
        ) : (
          <Badge tone={view.open ? 'info' : 'neutral'}>
            {view.open ? t('visit.status.open') : t('visit.status.closed')}
          </Badge>
        )}
        {typeof visit.values.triage === 'string' && (
          <Badge tone={triageTone(visit.values.triage)}>{codeLabel(t, 'triage', visit.values.triage)}</Badge>
        )}
        <span className="text-text-2">
          {about.map((part, index) => (
            <span key={String(index)}>
              {index > 0 && ' · '}
              <bdi>{part}</bdi>
            </span>
          ))}
        </span>
        <ConflictMarks chart={chart} about={visit} />
      </div>
      {mayView && view.events.length > 0 && (
        <List label={t('event.list')}>
          {view.events.map((event) => (
            <Fragment key={event.id}>
              <EventRow chart={chart} event={event} />
              <ConflictRows chart={chart} about={event} />
            </Fragment>
          ))}
        </List>
      )}
      {withVitals &&
        mayView &&
        view.vitals.map((record) => (
          <div key={record.id} className="border-t border-border p-4">
            <p className="pb-2 text-sm font-semibold">
              {t('vitals.title')} · {formatTime(language, String(record.values.occurredAt), timeZone)}
            </p>
            <Facts
              facts={measuresOf(record).map(([measure, value]) => ({
                key: measure,
                ...measureText(t, language, measure, value),
              }))}
            />
          </div>
        ))}
    </Card>
  );
}

function EventRow({ chart, event }: { chart: Chart; event: StoredRecord }) {
  const { t, language } = useText();
  const { users } = useClinicRecords();
  const form = useRecords('forms')?.find((one) => one.id === event.values.formId);
  const by = users.get(textOf(event, 'providerId') ?? '');
  return (
    <ListRow
      href={`/c/patients/${chart.patientId}/events/${event.id}`}
      lead={<Icon name="form" className="text-accent" />}
      title={<bdi>{(form && nameIn(form, language)) ?? t('event.one')}</bdi>}
      detail={by && t('event.recordedBy', { name: by })}
      trail={
        chart.unsent.has(refKey(event)) && (
          <Badge tone="warning" icon="phone">
            {t('sync.state.phone')}
          </Badge>
        )
      }
    />
  );
}
