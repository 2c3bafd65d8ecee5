import { useState } from 'react';
import type { Chart } from '../../../db/device/charts.ts';
import { mayBreakGlass } from '../../../lib/domain/access-grant/access-grant.ts';
import { grantInForce } from '../../../lib/domain/access-grant/grant-in-force.ts';
import { formatHumanCode, humanCode } from '../../../lib/domain/human-code.ts';
import { refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { useSession } from '../../device/phone.ts';
import { useSyncStatus } from '../../device/workers.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { CodeText } from '../../ui/code-text.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { EndGrant } from './break-glass-end.tsx';
import { BreakGlassForm } from './break-glass-form.tsx';
import { untilText } from './break-glass-time.ts';

/** A card whose patient is not here: what that means, and the way to the chart when it cannot wait. */
export function BreakGlassScreen({ patientId, chart }: { patientId: string; chart: Chart | null }) {
  const { t } = useText();
  const { userId, clinicId } = useSession();
  const [asking, setAsking] = useState(false);
  const grant = chart === null ? null : grantInForce(chart.records, clinicId, userId);
  const code = (
    <>
      {t('patient.code')} <CodeText>{formatHumanCode(humanCode(patientId))}</CodeText>
    </>
  );
  return (
    <>
      <PageHeader
        title={asking && grant === null ? t('breakGlass.title') : t('breakGlass.notHere')}
        detail={code}
        back={{ href: '/c', label: t('action.back') }}
      />
      {grant !== null && chart !== null ? (
        <WaitingForChart grant={grant} chart={chart} />
      ) : asking ? (
        <BreakGlassForm patientId={patientId} onCancel={() => setAsking(false)} />
      ) : (
        <NotHere onOpen={() => setAsking(true)} />
      )}
    </>
  );
}

function NotHere({ onOpen }: { onOpen: () => void }) {
  const { t } = useText();
  const { actor, clinicId } = useClinicRecords();
  const may = actor?.active === true && mayBreakGlass(actor, clinicId);
  return (
    <div className="flex flex-col gap-4">
      <p>{t('breakGlass.notHereHelp')}</p>
      <ButtonLink href="/c/sync" icon="sync">
        {t('sync.title')}
      </ButtonLink>
      <ButtonLink href="/c" icon="search">
        {t('patient.search')}
      </ButtonLink>
      {may ? (
        <Button look="danger" icon="shield" onClick={onOpen}>
          {t('breakGlass.open')}
        </Button>
      ) : (
        <p className="text-text-2">{t('breakGlass.noRight')}</p>
      )}
    </div>
  );
}

/** Opened here; the chart itself comes from the server. */
function WaitingForChart({ grant, chart }: { grant: StoredRecord; chart: Chart }) {
  const { t, language } = useText();
  const { timeZone, today } = useClinicRecords();
  const sent = !chart.unsent.has(refKey(grant));
  const until = untilText(language, String(grant.values.until), timeZone, today);
  const offline = useSyncStatus()?.problem === 'offline';
  return (
    <div className="flex flex-col gap-4">
      <div role="status">
        <Banner title={sent ? t('breakGlass.nothing') : t('breakGlass.waiting')}>
          <p>{sent ? t('breakGlass.nothingHelp') : t('breakGlass.waitingHelp')}</p>
          {offline && <p>{t('sync.problem.offline')}</p>}
          <p className="mt-2 font-semibold">{t('breakGlass.until', { when: until })}</p>
        </Banner>
      </div>
      <EndGrant grant={grant} patientId={chart.patientId} />
    </div>
  );
}
