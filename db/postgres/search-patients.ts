import type pg from 'pg';
import { type SearchWord, searchWords } from '../../lib/search/search-text.ts';
import { inTransaction } from './replica-identity.ts';

/** Where to go on: behind the patient of this rank and id. */
export interface SearchPlace {
  readonly rank: number;
  readonly id: string;
}

export interface SearchPage {
  readonly ids: readonly string[];
  readonly next: SearchPlace | null;
}

interface Asked {
  readonly query: string;
  /** Patients of these clinics only; null = of all. */
  readonly clinicIds: readonly string[] | null;
  readonly after: SearchPlace | null;
  readonly limit: number;
}

/** Hits that are ranked. Who finds more types another letter. */
const CANDIDATES = 2000;
/** A typo is looked for among names that are at least this alike (pg_trgm's word_similarity). */
const ALIKE = 0.2;

// A table without statistics yet looks small to the planner; the index is right at every size.
const BEGIN = 'begin read only; set local enable_seqscan = off; set local jit = off';
const BEGIN_LAST = `${BEGIN}; set local statement_timeout = '250ms'; set local pg_trgm.word_similarity_threshold = 0.4`;

/**
 * Ids of patients, best first. Word starts and sounds of every word; when nothing is found, one word may be spelt
 * wrongly; when still nothing, all may be a little wrong, for a quarter of a second (server-core.md §6).
 */
export async function searchPatients(pool: pg.Pool, asked: Asked): Promise<SearchPage> {
  const words = searchWords(asked.query);
  if (words.length === 0) return { ids: [], next: null };
  const page = await inTransaction(pool, BEGIN, async (client) => {
    const found = await wordStarts(client, words, asked);
    if (found.ids.length > 0 || asked.after !== null) return found;
    return { ids: await oneWordWrong(client, words, asked), next: null };
  });
  if (page.ids.length > 0 || asked.after !== null) return page;
  return { ids: await allAlike(pool, words, asked), next: null };
}

/** SQL with its parameters numbered as they are added. */
function aStatement() {
  const values: unknown[] = [];
  const given = (value: unknown): string => `$${values.push(value)}`;
  return { values, given };
}
type Statement = ReturnType<typeof aStatement>;

const hit = ({ given }: Statement, { patterns }: SearchWord): string =>
  `(${patterns.map((pattern) => `text like ${given(pattern)}`).join(' or ')})`;

const inClinics = ({ given }: Statement, { clinicIds }: Asked): string =>
  clinicIds === null
    ? 'true'
    : `exists (select from patient_clinics m where m.patient_id = patient_search.patient_id
         and m.clinic_id = any(${given(clinicIds)}) and m.left_at is null and m.deleted_at is null)`;

async function wordStarts(client: pg.PoolClient, words: readonly SearchWord[], asked: Asked): Promise<SearchPage> {
  const statement = aStatement();
  const { given } = statement;
  const hits = words.map((word) => hit(statement, word)).join(' and ');
  const exact = words.map(({ exact }) => `(text like ${given(exact)})::int`).join(' + ');
  const after =
    asked.after === null ? 'true' : `(rank, id) < (${given(asked.after.rank)}::int, ${given(asked.after.id)})`;
  const text = `with hits as materialized (
      select patient_id as id, ${exact} as rank from patient_search
      where ${hits} and ${inClinics(statement, asked)} limit ${CANDIDATES})
    select id, rank from hits where ${after} order by rank desc, id desc limit ${asked.limit + 1}`;
  const { rows } = await client.query<SearchPlace>(text, statement.values);
  const shown = rows.slice(0, asked.limit);
  return { ids: shown.map(({ id }) => id), next: rows.length > asked.limit ? shown.at(-1)! : null };
}

/** For each word that is right: those it finds, by how alike the others are. */
async function oneWordWrong(client: pg.PoolClient, words: readonly SearchWord[], asked: Asked): Promise<string[]> {
  const found = new Map<string, number>();
  if (words.length === 1) return [];
  for (const right of words) {
    const statement = aStatement();
    const others = words.filter((word) => word !== right);
    const alike = others.map(({ word }) => `word_similarity(${statement.given(word)}, text)`);
    const text = `with hits as materialized (
        select patient_id as id, text from patient_search
        where ${hit(statement, right)} and ${inClinics(statement, asked)} limit ${CANDIDATES})
      select id, score from (select id, ${alike.join(' + ')} as score, least(${alike.join(', ')}) as worst from hits) h
      where worst >= ${ALIKE} order by score desc, id desc limit ${asked.limit}`;
    const { rows } = await client.query<{ id: string; score: number }>(text, statement.values);
    for (const { id, score } of rows) found.set(id, Math.max(score, found.get(id) ?? 0));
  }
  return best(found, asked.limit);
}

async function allAlike(pool: pg.Pool, words: readonly SearchWord[], asked: Asked): Promise<string[]> {
  const statement = aStatement();
  const places = words.map(({ word }) => statement.given(word));
  const alike = places.map((place) => `text %> ${place}`).join(' and ');
  const score = places.map((place) => `word_similarity(${place}, text)`).join(' + ');
  const text = `select patient_id as id from patient_search where ${alike} and ${inClinics(statement, asked)}
    order by ${score} desc, patient_id desc limit ${asked.limit}`;
  try {
    const { rows } = await inTransaction(pool, BEGIN_LAST, (client) =>
      client.query<{ id: string }>(text, statement.values),
    );
    return rows.map(({ id }) => id);
  } catch (fault) {
    // Took longer than it is worth: nothing was found.
    if (fault instanceof Error && 'code' in fault && fault.code === '57014') return [];
    throw fault;
  }
}

function best(found: ReadonlyMap<string, number>, limit: number): string[] {
  const ranked = [...found].sort(([leftId, left], [rightId, right]) => right - left || (leftId < rightId ? 1 : -1));
  return ranked.slice(0, limit).map(([id]) => id);
}
