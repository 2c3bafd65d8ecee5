import { hash } from 'node:crypto';

/** The head of an empty log. A scope's log cannot pass for another's. */
export function firstHead(scopeId: string): Buffer {
  return hash('sha256', `hikma log 1\n${scopeId}`, 'buffer');
}

/** The head after one more change. `leaf`: what LEAF gives of it. */
export function nextHead(head: Uint8Array, leaf: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([head, leaf]), 'buffer');
}

/** The head after changes in the order of their places, their leaves one after another in `leaves`. */
export function headAfter(head: Buffer, leaves: Buffer): Buffer {
  const joined = Buffer.alloc(2 * LEAF_BYTES);
  head.copy(joined);
  for (let at = 0; at < leaves.length; at += LEAF_BYTES) {
    leaves.copy(joined, LEAF_BYTES, at, at + LEAF_BYTES);
    hash('sha256', joined, 'buffer').copy(joined);
  }
  return Buffer.from(joined.subarray(0, LEAF_BYTES));
}

const LEAF_BYTES = 32;

/** What is signed of a head. */
export function sealText(scopeId: string, pos: number, head: Buffer): string {
  return `hikma seal 1\n${scopeId}\n${pos}\n${head.toString('hex')}`;
}

const NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid";

/**
 * SQL over `changes`: 32 bytes that stand for all that never changes of a change. Its content stands there as the salted
 * hash, so the chain still holds when an erasure has emptied body and salt. What was decided of it is not in it: a relay
 * may be told another outcome later. An outcome edited by hand shows against the rows.
 */
export const LEAF = `sha256(int8send(pos) || uuid_send(id) || uuid_send(action_id) || uuid_send(origin)
  || int8send(origin_seq) || uuid_send(record_id) || uuid_send(coalesce(clinic_id, ${NOBODY})) || uuid_send(author)
  || uuid_send(coalesce(received_from, ${NOBODY})) || timestamptz_send(received_at) || hash
  || convert_to(collection || '/' || kind, 'UTF8'))`;
