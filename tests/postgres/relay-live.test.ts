import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exchange } from '../../app/server/exchange.ts';
import { live } from '../../app/server/live.ts';
import { problemResponse } from '../../app/server/problem.ts';
import { startRelay } from '../../app/server/relay-loop.ts';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { readUpstream } from '../../db/postgres/upstream.ts';
import { registration } from '../scenario/edits.ts';
import { aRelayPair, type RelayPair } from '../scenario/relay-pair.ts';

/** Longer than the test: what comes, the stream has told of. */
const NEVER_MS = 3_600_000;
const PATIENCE = { timeout: 30_000 };

let pair: RelayPair;
let asked = 0;
const server = createServer(async (message, answer) => {
  const headers = { authorization: message.headers.authorization ?? '', 'content-type': 'application/json' };
  const isLive = message.url === '/api/sync/live';
  const body = isLive ? null : Buffer.concat(await message.toArray()).toString();
  const request = new Request(`http://x${message.url}`, { method: message.method ?? 'GET', headers, body });
  const result = await (isLive ? live : exchange)(pair.root.database.pool, request);
  const response = result.ok ? result.value : problemResponse(result.problem);
  answer.writeHead(response.status, { 'content-type': response.headers.get('content-type') ?? '' });
  const stream = Readable.fromWeb(response.body as never);
  stream.pipe(answer);
  answer.on('close', () => stream.destroy());
  if (isLive) asked += 1;
});
beforeAll(async () => {
  pair = await aRelayPair();
  server.listen(0);
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await pair.dispose();
});

it('a relay reads what is new at its root as soon as the root says so, and stops at once', async () => {
  const { pool } = pair.hub.database;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const relay = startRelay(pool, { url, key: pair.hubKey.key }, NEVER_MS);
  const hasRead = async () => asked > 0 && (await readUpstream(pool)).scopes.length > 0;
  await expect.poll(hasRead, PATIENCE).toBe(true);
  for (let times = 0; times < 2; times++) {
    const id = newId();
    await pair.editAtRoot(registration(id, pair.clinics[0]!.clinicId));
    const here = async () => (await readRecords(pool, 'patients', 'where id = $1', [id])).length;
    await expect.poll(here, PATIENCE).toBe(1);
  }
  await relay.stop();
}, 90_000);
