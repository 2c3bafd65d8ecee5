import type { Chart } from '../../../db/device/charts.ts';
import { patients } from '../../../lib/domain/patient/patient.ts';
import { type FormField, fieldsOf, labelIn } from '../../../lib/form/definition.ts';
import { otherKey } from '../../../lib/form/filled-form.ts';
import { joinRegistrationAnswers } from '../../../lib/form/registration.ts';
import { fieldsOf as columnsOf } from '../../../lib/replication/declaration.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { formatDate } from '../../../lib/text/format.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useAllowed, useClinicRecords } from '../clinic/clinic-records.tsx';
import { Facts } from '../event/facts.tsx';
import { answerText } from '../form/answer-text.ts';
import { useFormVersion } from '../form/use-form-version.ts';
import { OpenVisit } from '../visit/open-visit.tsx';
import { lastMeasures, visitsOf } from './chart-view.ts';
import { measureText } from './measure-text.ts';
import { TransferLink } from './transfer-link.tsx';

/** What matters now: the open visit, the last measures, who the patient is. */
export function ChartSummary({ chart }: { chart: Chart }) {
  const { t, language } = useText();
  const mayView = useAllowed('view-history');
  const mayEdit = useAllowed('edit-records');
  const mayRegister = useAllowed('register-patients');
  const last = visitsOf(chart)[0];
  const measures = mayView ? lastMeasures(chart) : [];
  return (
    <>
      <OpenVisit chart={chart} />
      {measures.length > 0 && (
        <Card title={t('chart.lastVitals')}>
          <Facts
            facts={measures.map(({ measure, value, on }) => ({
              key: measure,
              label: measureText(t, language, measure, value).label,
              value: measureText(t, language, measure, value).value,
              note: formatDate(language, on),
            }))}
          />
        </Card>
      )}
      <Card
        title={t('patient.details')}
        action={
          (mayEdit || mayRegister) && (
            <ButtonLink href={`/c/patients/${chart.patientId}/edit`} look="quiet" icon="edit">
              {t('action.edit')}
            </ButtonLink>
          )
        }
      >
        <Details chart={chart} />
      </Card>
      <TransferLink chart={chart} />
      {last !== undefined && !last.open && (
        <p className="text-sm text-text-2">
          {t('patient.lastVisit', { when: formatDate(language, String(last.visit.values.occurredOn ?? '')) })}
        </p>
      )}
    </>
  );
}

/** The registration as it was answered, with the words of the form it was last saved with. */
function Details({ chart }: { chart: Chart }) {
  const { t, language } = useText();
  const { timeZone } = useClinicRecords();
  const patient = chart.records.find((one) => one.collection === 'patients');
  const versionId = patient?.values.registrationVersionId;
  const definition = useFormVersion(typeof versionId === 'string' ? versionId : null);
  if (patient === undefined || definition === undefined) return null;
  if (definition === null) return <p className="text-text-2">{t('form.versionMissing')}</p>;
  const base = columnsOf(patients, patient.values);
  const attributes = (base.attributes ?? {}) as Readonly<Record<string, Json>>;
  const answers = joinRegistrationAnswers(definition, { base, attributes });
  const text = (field: FormField) =>
    answerText({ t, language, definition, timeZone }, field, answers[field.id], answers[otherKey(field.id)]);
  const facts = fieldsOf(definition).flatMap(({ field }) => {
    const value = text(field);
    return value === null ? [] : [{ key: field.id, label: labelIn(field.label, language, definition), value }];
  });
  return <Facts facts={facts} />;
}
