import type { SyncProblem } from '../../../lib/replication/sync-worker.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { useText } from '../../ui/text-provider.tsx';

/** The way out when the server no longer takes this phone's token. */
export function ConnectAgainLink({ problem }: { problem: SyncProblem | null }) {
  const { t } = useText();
  if (problem !== 'session-expired' && problem !== 'device-revoked') return null;
  return (
    <ButtonLink href="/c/sync/connect" look="primary" wide>
      {t('sync.connectAgain')}
    </ButtonLink>
  );
}
