import { isReplaced, type Walk, walkAfter } from '../../lib/replication/healing.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { placeKey, type RowPlace, withRecord } from './chart.ts';
import type { DeviceDatabase, FeedRow, Sum, WalkRow } from './device-database.ts';
import type { Work } from './incoming-rows.ts';
import type { OpenRow } from './rows.ts';

/** Records by the row they stand in. */
type Brought = ReadonlyMap<string, ReadonlySet<string>>;

/** What a reply means to the walk of its feed. */
export interface WalkStep {
  readonly epoch: string;
  readonly incoming: Work['incoming'];
  /** The walk to go on with, and what the reply brought of it. */
  readonly walk: Walk | null;
  readonly row: WalkRow | null;
  /** The walk that these rows are of, its last ones included. */
  readonly walking: Walk | null;
  /** Everything that it brought, when it is over; and the rows in which something else may be stored. */
  readonly brought: Brought | null;
  readonly places: readonly RowPlace[];
  /** It takes records away. */
  readonly removes: boolean;
}

/** What it brought is kept in rows of its own, not in the walk: a reply reads nothing of the earlier ones. */
export async function walkStep(
  database: DeviceDatabase,
  { version, walks, ...before }: FeedRow,
  reply: ExchangeReply,
  sameRoot: boolean,
  complete: boolean,
  incoming: Work['incoming'],
): Promise<WalkStep> {
  const { epoch } = reply;
  const begun = walks[epoch] ?? null;
  const { walk, over } = walkAfter(begun, before, reply, sameRoot, complete, []);
  const here: WalkRow = {
    key: `walk:${epoch}:${version}`,
    brought: [...incoming].map(([place, { records }]) => [place, [...records.keys()]]),
  };
  const walking = walk ?? (over === null ? null : begun);
  const brought = over === null ? null : gathered([...(begun === null ? [] : await rowsOf(database, epoch)), here]);
  return {
    ...{ epoch, incoming, walk, walking, brought },
    row: walk === null ? null : here,
    places: brought === null ? [] : await placesBeside(database, brought),
    removes: brought !== null || walking?.repairs === true,
  };
}

async function rowsOf(database: DeviceDatabase, epoch: string): Promise<WalkRow[]> {
  const rows = await database.meta.where('key').startsWith(`walk:${epoch}:`).toArray();
  return rows as WalkRow[];
}

function gathered(rows: readonly WalkRow[]): Brought {
  const brought = new Map<string, Set<string>>();
  for (const [place, records] of rows.flatMap((row) => row.brought)) {
    const here = brought.get(place) ?? new Set();
    for (const record of records) here.add(record);
    brought.set(place, here);
  }
  return brought;
}

/** The rows in which another number of records is stored than was brought. Reads the sums beside the seals. */
async function placesBeside(database: DeviceDatabase, brought: Brought): Promise<RowPlace[]> {
  const places: RowPlace[] = [];
  const look = (place: RowPlace, sums: readonly Sum[]) => {
    const stored = sums.reduce((all, [count]) => all + count, 0);
    if (stored !== (brought.get(placeKey(place))?.size ?? 0)) places.push(place);
  };
  await database.charts.each(({ id, sums }) => look({ table: 'charts', id }, Object.values(sums)));
  await database.records.each(({ id, sum }) => look({ table: 'records', id }, [sum]));
  return places;
}

export interface Walked {
  readonly rows: readonly OpenRow[];
  /** What the root's rows replaced. */
  readonly replaced: readonly StoredRecord[];
  /** Something was let go that the walk did not bring. */
  readonly isThinner: boolean;
}

/**
 * Rows after a reply, `apply` being what it does to one of them: before it without what is in the way of the root's
 * rows, after it without what a walk to the end did not bring. `unsettled`: what the root is not known to have stays.
 */
export function walkRows(
  opened: readonly OpenRow[],
  { epoch, incoming, walking, brought }: WalkStep,
  unsettled: ReadonlySet<string>,
  apply: (row: OpenRow) => OpenRow,
): Walked {
  const isInTheWay = (held: StoredRecord, by: StoredRecord | undefined) =>
    by !== undefined && !unsettled.has(refKey(held)) && isReplaced(walking, epoch, held, by);
  const cleared = opened.map((row) => {
    const arrived = incoming.get(placeKey(row.place))?.records;
    return without(row, (key) => isInTheWay(row.held.stored[key]!, arrived?.get(key)));
  });
  const applied = cleared.map(apply);
  const rows = applied.map((row) => {
    const here = brought?.get(placeKey(row.place));
    return without(row, (key) => brought !== null && here?.has(key) !== true && !unsettled.has(key));
  });
  const replaced = [...takenOut(opened, cleared), ...takenOut(applied, rows)];
  return {
    rows,
    replaced: walking?.repairs === true ? replaced : [],
    isThinner: rows.some((row, at) => row !== applied[at]),
  };
}

/** The row without these of its stored records. */
function without(row: OpenRow, isGone: (key: string) => boolean): OpenRow {
  const gone = Object.keys(row.held.stored).filter(isGone);
  if (gone.length === 0) return row;
  return { ...row, held: gone.reduce((held, key) => withRecord(held, key, null), row.held) };
}

function takenOut(before: readonly OpenRow[], after: readonly OpenRow[]): StoredRecord[] {
  return before.flatMap(({ held }, at) =>
    Object.entries(held.stored).flatMap(([key, record]) => (key in after[at]!.held.stored ? [] : [record])),
  );
}
