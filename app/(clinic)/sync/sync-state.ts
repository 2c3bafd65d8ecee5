import type { OutboxCounts } from '../../../db/device/outbox.ts';
import type { SyncProblem, SyncStatus } from '../../../lib/replication/sync-worker.ts';
import type { LabelKey } from '../../../lib/text/labels/en/en.ts';

/** Every problem in plain words, with what to do about it. */
export const PROBLEM_TEXT: Readonly<Record<SyncProblem, { readonly title: LabelKey; readonly remedy: LabelKey }>> = {
  offline: { title: 'sync.problem.offline', remedy: 'sync.problem.offlineHelp' },
  'server-unreachable': { title: 'sync.problem.unreachable', remedy: 'sync.problem.unreachableHelp' },
  'session-expired': { title: 'sync.problem.signedOut', remedy: 'sync.problem.endedHelp' },
  'device-revoked': { title: 'session.revoked', remedy: 'sync.problem.endedHelp' },
  'unsupported-version': { title: 'sync.problem.outdated', remedy: 'sync.problem.outdatedHelp' },
  'server-busy': { title: 'error.busy', remedy: 'error.busy.remedy' },
  'storage-full': { title: 'sync.problem.storage', remedy: 'sync.problem.storageHelp' },
  'digests-differ': { title: 'sync.problem.digests', remedy: 'sync.problem.digestsHelp' },
  internal: { title: 'sync.problem.server', remedy: 'sync.problem.internalHelp' },
};

export type BadgeState =
  | 'refused'
  | 'problem'
  | 'conflicts'
  | 'clock'
  | 'unsent'
  | 'offline'
  | 'working'
  | 'sent'
  | 'unknown';

/** What else may want a person: conflicts to decide, and a clock to set. */
export interface AlsoWaiting {
  readonly conflicts: number;
  readonly clockWrong: boolean;
}

/**
 * The one state shown on every screen, the most urgent first: something was refused, something must be done, people
 * must decide, the clock is wrong, records wait here, there is no network, all is sent. "Sent" is never said before the
 * outbox is empty.
 */
export function badgeState(
  counts: Pick<OutboxCounts, 'unsent' | 'refused'> | undefined,
  status: SyncStatus | null,
  also: AlsoWaiting = { conflicts: 0, clockWrong: false },
): BadgeState {
  if (counts === undefined) return 'unknown';
  if (counts.refused > 0) return 'refused';
  const problem = status?.problem ?? null;
  if (problem !== null && problem !== 'offline' && problem !== 'server-unreachable') return 'problem';
  if (also.conflicts > 0) return 'conflicts';
  if (also.clockWrong) return 'clock';
  if (counts.unsent > 0) return 'unsent';
  if (problem !== null) return 'offline';
  if (status === null || status.state === 'locked') return 'unknown';
  return status.state === 'working' ? 'working' : 'sent';
}
