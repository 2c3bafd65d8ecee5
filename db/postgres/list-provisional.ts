import { CLINIC, IN_MANAGED, type OpenConflict } from './list-attention.ts';
import type { Queryable } from './record-statements.ts';
import { readProvisional } from './relay-suspects.ts';

interface Filter {
  /** The clinics that the asker administers; null = all. */
  readonly managed: readonly string[] | null;
  readonly clinicId: string | null;
  readonly kinds: readonly string[];
}

const MOST = 200;

/** By the same rule as what is noted, of conflicts that stand in no table. */
const LIST = `select c.id, ${CLINIC} as "clinicId"
  from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[])
    with ordinality c(id, clinic_id, patient_id, collection, record_id, place)
  where ${IN_MANAGED} and ($7::uuid is null or ${CLINIC} = $7) order by c.place desc limit ${MOST}`;

/** At a hub: the conflicts of these clinics that its root has not judged, of the records suspected last first. */
export async function listProvisional(
  client: Queryable,
  { managed, clinicId, kinds }: Filter,
): Promise<OpenConflict[]> {
  const found = (await readProvisional(client)).map(({ conflict }) => conflict);
  const asked = found.filter(({ values }) => kinds.includes(values.kind as string));
  if (asked.length === 0) return [];
  const column = (key: string) => asked.map(({ values }) => values[key]);
  const { rows } = await client.query<{ id: string; clinicId: string | null }>({
    name: 'provisional conflicts',
    text: LIST,
    values: [
      managed,
      asked.map(({ id }) => id),
      ...['clinicId', 'patientId', 'collection', 'recordId'].map(column),
      clinicId,
    ],
  });
  const byId = new Map(asked.map((record) => [record.id, record]));
  return rows.map((row) => ({ record: byId.get(row.id)!, clinicId: row.clinicId, provisional: true }));
}
