import { connectDatabase } from '../../db/postgres/connect.ts';
import { openEmbedded } from '../../db/postgres/embedded.ts';
import { postgresFeedReplica } from '../../db/postgres/feed-replica.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import type { Action } from '../../lib/replication/change.ts';
import { aClinicServer } from './clinic-server.ts';
import { registration } from './edits.ts';
import { aHoldingProxy } from './holding-proxy.ts';
import type { KillablePhone } from './killable-phone.ts';
import { openAndInstall } from './phone-browser.ts';
import { setUpPhone } from './phone-steps.ts';
import { aWriter } from './postgres-clinic.ts';

export type ProxiedClinic = Awaited<ReturnType<typeof aProxiedClinic>>;

/** A clinic whose phones reach the server through a proxy on `port`, the server itself being on the next. */
export async function aProxiedClinic(port: number) {
  const proxy = await aHoldingProxy(port, `http://localhost:${port + 1}`);
  const clinic = await aClinicServer(port + 1, { ORIGIN: proxy.origin });
  const { pool, close } = connectDatabase((await openEmbedded(clinic.server.dataDir)).url);

  async function userId(username: string): Promise<string> {
    const found = await pool.query<{ id: string }>('select id from users where name = $1', [username]);
    return found.rows[0]!.id;
  }

  /** As a colleague's phone would hand it in. */
  async function handIn(user: string, actions: readonly Action[]): Promise<readonly { result: string }[]> {
    const sender = { kind: 'device' as const, clinicIds: [clinic.clinicId], signedIn: [user] };
    return postgresFeedReplica(pool, sender, null).accept(actions);
  }

  return {
    ...clinic,
    proxy,
    pool,
    userId,
    handIn,
    url: `${proxy.origin}/c`,
    /** Installs the app and signs in, from the administrator's link on. */
    async setUp(phone: Pick<KillablePhone, 'page'>, username: string): Promise<void> {
      const user = await clinic.aProvider(username);
      await openAndInstall(phone.page, `${proxy.origin}/c`);
      await setUpPhone(phone.page, await clinic.anEnrolmentLink(), user, `Phone of ${username}`);
    },
    /** Patients whom a colleague registered. */
    async colleagueRegisters(username: string, names: readonly { givenName: string; familyName: string }[]) {
      const user = await userId(username);
      const writer = aWriter(user, clinic.clinicId);
      const actions = names.map((name) => writer.author(registration(newId(), clinic.clinicId, name)));
      const refused = (await handIn(user, actions)).find(({ result }) => result !== 'applied');
      if (refused !== undefined) throw new Error(JSON.stringify(refused));
    },
    /** How many patients of each name the server holds, and how often each was written. */
    async patientsAtServer(): Promise<Map<string, { patients: number; writes: number }>> {
      const found = await pool.query<{ name: string; patients: number; writes: number }>(
        `select p.given_name || ' ' || p.family_name as name, count(distinct p.id)::int as patients,
           count(c.id)::int as writes
         from patients p left join changes c on c.record_id = p.id and c.collection = 'patients' and c.result = 'applied'
         group by 1`,
      );
      return new Map(found.rows.map(({ name, ...counts }) => [name, counts]));
    },
    async dispose(): Promise<void> {
      await close();
      await clinic.server.dispose();
      await proxy.close();
    },
  };
}
