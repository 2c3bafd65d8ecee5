import type { Chart } from '../../../db/device/charts.ts';
import { useRecords } from '../../device/watch.ts';
import { Card } from '../../ui/card.tsx';
import { Icon } from '../../ui/drawn-icon.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { List, ListRow } from '../../ui/list-row.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { textOf, useClinicRecords } from '../clinic/clinic-records.tsx';
import { nameIn } from '../visit/name-in.ts';
import { eventForms } from './form-choices.ts';

/** Which form to fill in this visit. */
export function FormPickerScreen({ chart, visitId }: { chart: Chart; visitId: string }) {
  const { t, language } = useText();
  const { clinicId } = useClinicRecords();
  const forms = useRecords('forms');
  const visit = chart.records.find((one) => one.collection === 'visits' && one.id === visitId);
  const offered = forms && eventForms(forms, clinicId, textOf(visit, 'departmentId'));
  return (
    <>
      <PageHeader
        title={t('event.chooseForm')}
        back={{ href: `/c/patients/${chart.patientId}/visits`, label: t('action.back') }}
      />
      {offered === undefined ? (
        <Skeleton label={t('app.loading')} />
      ) : visit === undefined ? (
        <EmptyState title={t('visit.gone')}>{t('patient.goneHere')}</EmptyState>
      ) : offered.length === 0 ? (
        <EmptyState icon="form" title={t('event.noForms')}>
          {t('event.noFormsHelp')}
        </EmptyState>
      ) : (
        <Card flush>
          <List label={t('form.list')}>
            {offered.map((form) => (
              <ListRow
                key={form.id}
                href={`/c/patients/${chart.patientId}/visits/${visitId}/forms/${form.id}`}
                lead={<Icon name="form" className="text-accent" />}
                title={<bdi>{nameIn(form, language) ?? t('form.one')}</bdi>}
              />
            ))}
          </List>
        </Card>
      )}
    </>
  );
}
