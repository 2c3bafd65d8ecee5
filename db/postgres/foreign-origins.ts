import type { Queryable } from './record-statements.ts';

interface Origins {
  /** No device is known by it: a cloned or restored phone, a hub itself. */
  readonly unknown: ReadonlySet<string>;
  /** Devices that were never in a clinic with the hub, and this replica: no change can have come from them through it. */
  readonly foreign: ReadonlySet<string>;
}

/** The origins of what a hub hands in. What it may hand on was made when the two were in one clinic, not only now. */
export async function readForeignOrigins(
  client: Queryable,
  hubId: string,
  origins: readonly string[],
): Promise<Origins> {
  const found = await client.query<{ id: string; together: boolean }>({
    name: 'origins of a hub',
    text: `with ever as (
             select c.record_id as id, jsonb_array_elements_text(c.body::jsonb -> 'fields' -> 'clinicIds') as clinic
             from changes c where c.collection = 'devices' and c.record_id = any($1::uuid[] || $2::uuid)
               and c.result = 'applied' and c.body::jsonb -> 'fields' -> 'clinicIds' is not null
             union select id, jsonb_array_elements_text(clinic_ids) from devices where id = any($1::uuid[] || $2::uuid))
           select d.id, exists (select from ever e join ever h on h.clinic = e.clinic and h.id = $2 where e.id = d.id)
             as together
           from devices d where d.id = any($1::uuid[])
           union all select replica_id, false from replica where replica_id = any($1::uuid[])`,
    values: [origins, hubId],
  });
  const known = new Set(found.rows.map(({ id }) => id));
  return {
    unknown: new Set(origins.filter((origin) => !known.has(origin))),
    foreign: new Set(found.rows.flatMap(({ id, together }) => (together ? [] : [id]))),
  };
}
