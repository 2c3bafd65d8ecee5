import { useIndexStatus } from '../../device/workers.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { PatientList } from '../patient/patient-list.tsx';
import { useFoundPatients } from '../patient/use-found-patients.ts';

/** Who was here today: every patient whose newest visit is of today. */
export function TodayScreen() {
  const { t } = useText();
  const { today } = useClinicRecords();
  const { ready } = useIndexStatus();
  // A visit of today changed the chart today, so its patient is among the newest.
  const recent = useFoundPatients('', 2000);
  const here = recent?.filter((card) => card.lastVisitOn === today);
  return (
    <>
      <PageHeader title={t('visit.today')} detail={here && ready && t('patient.count', { count: here.length })} />
      {here === undefined || !ready ? (
        <Skeleton label={t('app.loading')} lines={6} />
      ) : here.length > 0 ? (
        <PatientList cards={here} />
      ) : (
        <EmptyState
          icon="calendar"
          title={t('visit.todayEmpty')}
          action={
            <ButtonLink href="/c" icon="search">
              {t('patient.search')}
            </ButtonLink>
          }
        >
          {t('visit.todayEmptyHelp')}
        </EmptyState>
      )}
    </>
  );
}
