import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { calendarDateSchema } from '../../lib/domain/field-types.ts';
import { STAGES } from '../../lib/replication/protocol/snapshot.ts';

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const PLACES = { org: new RegExp(`^(\\d{1,3}/(${UUID})?)?$`), chart: new RegExp(`^(${UUID})?$`) };

const tokenShape = z.strictObject({
  replicaId: z.string(),
  epoch: z.string(),
  scopes: z.array(z.string().max(64)).max(500),
  /** The seq of each scope when the snapshot started: where exchanges go on from. */
  cursors: z.record(z.string(), z.int().nonnegative()),
  totals: z.object({ patients: z.int(), records: z.int() }),
  /** Day from which a visit makes a patient recent. */
  since: calendarDateSchema,
  stage: z.enum(STAGES),
  /** The last thing delivered in the stage; empty at its start. */
  after: z.string().max(100),
  /** Bytes that a patient took in the last page, to ask for as many as fit the next. */
  patientBytes: z.int().positive(),
});
const tokenSchema = tokenShape.refine(({ stage, after }) => PLACES[stage === 'org' ? 'org' : 'chart'].test(after));

/**
 * Where a first sync stands. It is a note to ourselves that the phone carries, so that the server keeps nothing; it
 * gives no right (each page is judged anew), so it needs no signature.
 */
export type SnapshotToken = z.infer<typeof tokenSchema>;

/** Longest token text read: 500 scopes fit. */
const MAX_TOKEN_BYTES = 256 * 1024;

export function writeToken(token: SnapshotToken): string {
  return deflateRawSync(JSON.stringify(token)).toString('base64url');
}

/** The token of a text, or null when it is none of ours. */
export function readToken(text: string): SnapshotToken | null {
  try {
    const json = inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: MAX_TOKEN_BYTES }).toString();
    return tokenSchema.parse(JSON.parse(json));
  } catch (fault) {
    // Whatever is wrong with it (base64, zlib, JSON, a field), it is not a token.
    if (fault instanceof Error) return null;
    throw fault;
  }
}
