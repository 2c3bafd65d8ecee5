import type { Change } from '../../lib/replication/change.ts';
import type { Queryable } from './record-statements.ts';

/** A change as the log keeps it, with the names of who made it and what handed it in. */
export interface LoggedLine {
  readonly change: Change;
  readonly authorName: string | null;
  /** Null: made at this server. */
  readonly deviceId: string | null;
  readonly deviceName: string | null;
}

const MAX = 1000;

const READ = `select c.body, u.name as "authorName", c.received_from as "deviceId", d.name as "deviceName"
  from changes c left join users u on u.id = c.author left join devices d on d.id = c.received_from
  where c.record_id = $1 and c.collection = $2 and c.result = 'applied' and c.body is not null
  order by c.received_at desc, c.origin_seq desc limit ${MAX}`;

/** The applied changes of a record, oldest first by their stamps; of very many, the last thousand. */
export async function readHistory(client: Queryable, collection: string, recordId: string): Promise<LoggedLine[]> {
  const { rows } = await client.query({ name: 'history', text: READ, values: [recordId, collection] });
  const lines = rows.map(({ body, ...names }) => ({ ...names, change: JSON.parse(body) }) as LoggedLine);
  return lines.sort((left, right) => (left.change.stamp < right.change.stamp ? -1 : 1));
}
