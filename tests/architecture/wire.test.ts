import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canonicalJson, type Json } from '../../lib/replication/json.ts';
import { exchangeReplySchema } from '../../lib/replication/protocol/exchange-reply.ts';
import { exchangeRequestSchema } from '../../lib/replication/protocol/exchange-request.ts';
import { scopeHintSchema } from '../../lib/replication/protocol/hint.ts';
import { snapshotPageSchema, snapshotRequestSchema } from '../../lib/replication/protocol/snapshot.ts';
import { PROTOCOL_VERSION } from '../../lib/replication/protocol/version.ts';
import { witnessReplySchema, witnessRequestSchema } from '../../lib/replication/protocol/witness.ts';

/** Pinned beside the version: whoever changes a message sees this fail, and decides whether phones in the field still read it. */
const PINNED = { version: 1, fingerprint: '815318a16c164363' };

function fingerprint(): string {
  const exchange = { exchangeRequestSchema, exchangeReplySchema };
  const snapshot = { snapshotRequestSchema, snapshotPageSchema };
  const messages = { ...exchange, ...snapshot, witnessRequestSchema, witnessReplySchema, scopeHintSchema };
  const schemas = Object.entries(messages).map(([name, schema]) => [
    name,
    z.toJSONSchema(schema, { unrepresentable: 'any' }),
  ]);
  return createHash('sha256')
    .update(canonicalJson(schemas as Json))
    .digest('hex')
    .slice(0, 16);
}

describe('the wire', () => {
  it('is what its version says', () => {
    expect({ version: PROTOCOL_VERSION, fingerprint: fingerprint() }).toEqual(PINNED);
  });
});
