import type { Translate } from '../../../lib/text/translate.ts';
import { type DayTally, useDayTally } from '../../device/day-tally.ts';
import { Card } from '../../ui/card.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';

/** What was recorded here today, and where it is. */
export function DayTallyCard() {
  const { t } = useText();
  const { today, timeZone } = useClinicRecords();
  const tally = useDayTally(today, timeZone);
  if (tally === undefined) return null;
  return <Card title={t('sync.tally.title')}>{tallyText(t, tally)}</Card>;
}

/** “312 records made today by this phone: 300 on the server, 10 on the hub, 2 only here.” */
export function tallyText(t: Translate, tally: DayTally): string {
  const { made, onServer, onHub, onlyHere, refused } = tally;
  if (made === 0) return t('sync.tally.none');
  const parts = [
    t('sync.tally.server', { count: onServer }),
    ...(onHub > 0 ? [t('sync.tally.hub', { count: onHub })] : []),
    t('sync.tally.here', { count: onlyHere }),
    ...(refused > 0 ? [t('sync.tally.refused', { count: refused })] : []),
  ];
  return t('sync.tally.line', {
    made: t('sync.tally.made', { count: made }),
    parts: parts.join(t('sync.tally.comma')),
  });
}
