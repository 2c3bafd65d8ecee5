/** What `db:verify` can find. Each has one sentence below. */
export type FindingKind = keyof typeof SENTENCES;

/** One thing that differs, by names and places only: never a value. */
export interface Finding {
  readonly kind: FindingKind;
  readonly scope?: string;
  /** A place in the log of the scope; `upTo`: the last of several. */
  readonly pos?: number;
  readonly upTo?: number;
  readonly changeId?: string;
  readonly collection?: string;
  readonly recordId?: string;
  /** Key or column of the record. */
  readonly key?: string;
  readonly origin?: string;
  readonly originSeq?: number;
}

export type Report = (finding: Finding) => void;

const SENTENCES = {
  'log-gap': 'The log lacks a place.',
  'log-cut': 'The log ends before a place that was given.',
  'scope-places': 'The log goes on beyond the last place that was given.',
  'body-changed': 'The text of a change is not the one that was hashed when it came.',
  'body-missing': 'The text of a change is gone, though no erasure of its record was applied.',
  'change-misfiled': 'A change is filed under other names than its text says.',
  'chain-broken':
    'The log is not the one that was sealed: a change between these places was edited, removed, moved or added.',
  'seal-forged': 'A seal is not signed with the key of this server.',
  'seal-beyond': 'A seal stands beyond the end of the log: changes were removed.',
  'seal-key-missing': 'There are seals, but no key in secrets/seal-key to check them with.',
  'unsealed-tail': 'Changes wait for a seal longer than they should: no sealer runs, or it may not.',
  'head-differs': 'A device remembers another head: the log was rewritten before this place.',
  'head-beyond': 'A device remembers a head beyond the end of the log: changes were removed.',
  'seal-removed': 'A device remembers a seal that is gone; the log before it is the one it remembers.',
  'row-missing': 'The log has applied changes of a record that is not stored.',
  'row-unknown': 'A record is stored of which the log has no applied change.',
  'row-differs': 'A stored record is not what its changes make of it.',
  'origin-gap': 'Changes of a replica are stored above numbers that never came.',
  'origin-differs': 'The watermark or chain of a replica is not that of its stored changes.',
  'scope-count': 'A scope counts other records than its feed has.',
  'scope-digest': 'The digest of a scope is not that of its records.',
  'feed-orphan': 'The feed of a scope names a record that is not stored.',
} as const;

const WORDS: readonly (readonly [keyof Finding, string])[] = [
  ['scope', 'scope'],
  ['pos', 'place'],
  ['upTo', 'up to place'],
  ['changeId', 'change'],
  ['collection', 'collection'],
  ['recordId', 'record'],
  ['key', 'key'],
  ['origin', 'replica'],
  ['originSeq', 'number'],
];

/** A finding as people read it: a sentence and where. */
export function sentenceOf(finding: Finding): string {
  const where = WORDS.flatMap(([name, word]) => (finding[name] === undefined ? [] : [`${word} ${finding[name]}`]));
  return `${SENTENCES[finding.kind]}${where.length === 0 ? '' : ` (${where.join(', ')})`}`;
}
