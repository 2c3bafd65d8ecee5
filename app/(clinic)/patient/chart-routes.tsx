import { lazy } from 'react';
import { Route, Switch } from 'wouter';
import type { Chart } from '../../../db/device/charts.ts';
import { isUuid } from '../../../lib/domain/identity.ts';
import { patientOfChart } from '../../../lib/domain/patient/patient-card.ts';
import { useChart } from '../../device/watch.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { ChartScreen } from './chart-screen.tsx';
import { useNoteView } from './use-note-view.ts';

const EditPatientScreen = lazy(() =>
  import('./edit-patient-screen.tsx').then((module) => ({ default: module.EditPatientScreen })),
);
const TransferScreen = lazy(() =>
  import('./transfer-screen.tsx').then((module) => ({ default: module.TransferScreen })),
);
const BreakGlassScreen = lazy(() =>
  import('./break-glass-screen.tsx').then((module) => ({ default: module.BreakGlassScreen })),
);
const FormPickerScreen = lazy(() =>
  import('../event/form-picker-screen.tsx').then((module) => ({ default: module.FormPickerScreen })),
);
const FillFormScreen = lazy(() =>
  import('../event/fill-form-screen.tsx').then((module) => ({ default: module.FillFormScreen })),
);
const EventScreen = lazy(() => import('../event/event-screen.tsx').then((module) => ({ default: module.EventScreen })));
const CorrectEventScreen = lazy(() =>
  import('../event/correct-event-screen.tsx').then((module) => ({ default: module.CorrectEventScreen })),
);

/** Every screen of one patient. A link to a patient who is not on this phone says so, and what to do. */
export function ChartRoutes({ patientId }: { patientId: string }) {
  const { t } = useText();
  const chart = useChart(isUuid(patientId) ? patientId : '');
  if (chart === undefined) return <Skeleton label={t('app.loading')} lines={6} />;
  if (chart === null || patientOfChart(chart.records) === null) {
    const unknown = isUuid(patientId) && !chart?.records.some((one) => one.collection === 'patients');
    return unknown ? <BreakGlassScreen patientId={patientId} chart={chart} /> : <NotHere />;
  }
  return <PatientScreens chart={chart} />;
}

function PatientScreens({ chart }: { chart: Chart }) {
  useNoteView(chart);
  return (
    <Switch>
      <Route path="/c/patients/:id/edit">
        <EditPatientScreen chart={chart} />
      </Route>
      <Route path="/c/patients/:id/transfer">
        <TransferScreen chart={chart} />
      </Route>
      <Route path="/c/patients/:id/visits/:visitId/forms">
        {({ visitId }) => <FormPickerScreen chart={chart} visitId={visitId} />}
      </Route>
      <Route path="/c/patients/:id/visits/:visitId/forms/:formId/:eventId?">
        {({ visitId, formId, eventId }) => (
          <FillFormScreen chart={chart} visitId={visitId} formId={formId} eventId={eventId ?? null} />
        )}
      </Route>
      <Route path="/c/patients/:id/events/:eventId/correct">
        {({ eventId }) => <CorrectEventScreen key={eventId} chart={chart} eventId={eventId} />}
      </Route>
      <Route path="/c/patients/:id/events/:eventId">
        {({ eventId }) => <EventScreen key={eventId} chart={chart} eventId={eventId} />}
      </Route>
      <Route path="/c/patients/:id/:section?">
        {({ section }) => <ChartScreen chart={chart} section={section ?? 'summary'} />}
      </Route>
    </Switch>
  );
}

function NotHere() {
  const { t } = useText();
  return (
    <>
      <h1 className="sr-only">{t('patient.one')}</h1>
      <EmptyState
        icon="search"
        title={t('patient.gone')}
        action={
          <ButtonLink href="/c" icon="search">
            {t('patient.search')}
          </ButtonLink>
        }
      >
        {t('patient.goneHere')}
      </EmptyState>
    </>
  );
}
