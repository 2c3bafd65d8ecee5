import { addHub } from '../../app/server/add-hub.ts';
import { aCuttableLine } from './cuttable-line.ts';
import { aPushingClinic } from './pushing-clinic.ts';
import { aServerProcess } from './server-process.ts';
import { aDatabase } from './test-database.ts';

export type RelayedClinic = Awaited<ReturnType<typeof aRelayedClinic>>;

/** A root of two clinics and a relay of the first, processes of their own, and the line between them. */
export async function aRelayedClinic() {
  const clinic = await aPushingClinic(['North', 'South']);
  const hub = await aDatabase();
  const { key } = await addHub(clinic.database.pool, 'Box', ['North']);
  const root = await aServerProcess(clinic.database.url);
  const line = await aCuttableLine(() => Number(new URL(root.origin()).port));
  const relay = await aServerProcess(hub.url, { UPSTREAM_URL: line.origin, UPSTREAM_KEY: key });
  return {
    ...{ clinic, hub, root, relay, line },
    async dispose(): Promise<void> {
      await relay.stop();
      await root.stop();
      await line.close();
      await clinic.dispose();
      await hub.drop();
    },
  };
}
