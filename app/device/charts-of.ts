import { useLiveQuery } from 'dexie-react-hooks';
import { type Chart, openChart } from '../../db/device/charts.ts';
import { database, useSession } from './phone.ts';

/** Largest number of charts opened for one list. */
const MOST_CHARTS = 200;

/** Some charts, by patient, redrawn whichever thread changes them. Undefined while they are being opened. */
export function useCharts(patientIds: readonly string[]): ReadonlyMap<string, Chart> | undefined {
  const { key } = useSession();
  const wanted = [...new Set(patientIds)].sort().slice(0, MOST_CHARTS).join(' ');
  return useLiveQuery(async () => {
    const rows = await database.charts.bulkGet(wanted === '' ? [] : wanted.split(' '));
    const charts = await Promise.all(rows.filter((row) => row !== undefined).map((row) => openChart(key, row)));
    return new Map(charts.map((chart) => [chart.patientId, chart]));
  }, [key, wanted]);
}
