import type { FeedRow } from '../../../db/device/device-database.ts';
import type { LabelKey } from '../../../lib/text/labels/en/en.ts';

const STAGE_LABELS: Readonly<Record<string, LabelKey>> = {
  org: 'firstSync.stage.setup',
  patients: 'firstSync.stage.patients',
  recent: 'firstSync.stage.recent',
  charts: 'firstSync.stage.records',
};

export type FirstSync = 'not-started' | 'before-patients' | 'usable' | 'done';

/** How far the first sync is. From `usable` on every patient of the clinic can be found here. */
export function firstSyncState({ epoch, snapshot }: Pick<FeedRow, 'epoch' | 'snapshot'>): FirstSync {
  if (snapshot === null) return epoch === null ? 'not-started' : 'done';
  return snapshot.stage === 'recent' || snapshot.stage === 'charts' ? 'usable' : 'before-patients';
}

export function stageLabel(stage: string): LabelKey {
  return STAGE_LABELS[stage] ?? 'firstSync.stage.records';
}
