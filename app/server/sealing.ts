import { ensureSealKey } from '../../db/postgres/seals/seal-key.ts';
import { type SealerEvent, startSealer } from '../../db/postgres/seals/sealer.ts';
import { log } from './log.ts';

/**
 * Seals the log in the background, with the key of `${dataDir}/secrets`. Of several servers on one database one does;
 * the others wait for its end. `close` seals what is new and lets go.
 */
export async function startSealing(dataDir: string, url: string): Promise<{ close(): Promise<void> }> {
  const sealer = startSealer({ url, key: await ensureSealKey(dataDir), tell });
  return { close: sealer.stop };
}

/** What a person must look at, and what explains it. Single seals would drown it. */
function tell(event: SealerEvent): void {
  if (event.event === 'sealed') return;
  if (event.event === 'sealerElected') log('info', event.event);
  else
    log('error', event.event, 'scope' in event ? { scope: event.scope } : 'code' in event ? { code: event.code } : {});
}
