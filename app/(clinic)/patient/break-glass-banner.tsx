import type { Chart } from '../../../db/device/charts.ts';
import { grantInForce, wasOpened } from '../../../lib/domain/access-grant/grant-in-force.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { useSession } from '../../device/phone.ts';
import { Banner } from '../../ui/banner.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { EndGrant } from './break-glass-end.tsx';
import { untilText, useHasPassed } from './break-glass-time.ts';

/** On every section of a chart that is only here because somebody opened it: until when, who and why. */
export function BreakGlassBanner({ chart }: { chart: Chart }) {
  const { userId, clinicId } = useSession();
  const grant = grantInForce(chart.records, clinicId, userId);
  if (grant !== null) return <Opened grant={grant} patientId={chart.patientId} />;
  return wasOpened(chart.records, clinicId) ? <Over /> : null;
}

function Opened({ grant, patientId }: { grant: StoredRecord; patientId: string }) {
  const { t, language } = useText();
  const { timeZone, today, users } = useClinicRecords();
  const until = String(grant.values.until);
  if (useHasPassed(until)) return <Over />;
  const name = users.get(String(grant.values.userId)) ?? t('app.unknown');
  return (
    <Banner
      tone="warning"
      title={t('breakGlass.until', { when: untilText(language, until, timeZone, today) })}
      action={<EndGrant grant={grant} patientId={patientId} />}
    >
      <bdi>{name}</bdi>: <bdi>{String(grant.values.reason ?? '')}</bdi>
    </Banner>
  );
}

function Over() {
  const { t } = useText();
  return (
    <Banner tone="warning" title={t('breakGlass.over')}>
      {t('breakGlass.overHelp')}
    </Banner>
  );
}
