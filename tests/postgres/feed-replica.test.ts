import { afterAll, beforeAll } from 'vitest';
import { postgresFeedReplica } from '../../db/postgres/feed-replica.ts';
import { describeFeedReplica } from '../contract/feed-replica-suite.ts';
import { foundServer } from '../scenario/found-server.ts';
import { sentReply } from '../scenario/passed-on-rows.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.drop());

describeFeedReplica('PostgreSQL', async (founder) => {
  await foundServer(database.pool, founder);
  return { founder, as: (sender) => postgresFeedReplica(database.pool, sender), sent: sentReply };
});
