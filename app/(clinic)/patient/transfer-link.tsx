import type { Chart } from '../../../db/device/charts.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useTransferTargets } from './transfer-targets.ts';

/** The way to a transfer, where there is somewhere to go. */
export function TransferLink({ chart }: { chart: Chart }) {
  const { t } = useText();
  if (useTransferTargets(chart).length === 0) return null;
  return (
    <ButtonLink href={`/c/patients/${chart.patientId}/transfer`} look="quiet" icon="clinic">
      {t('transfer.title')}
    </ButtonLink>
  );
}
