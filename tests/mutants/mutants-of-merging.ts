import type { Mutant } from './mutant.ts';

const HASHING = { project: 'unit', file: 'tests/unit/replication/record.test.ts' } as const;
const AUTHORING = { project: 'unit', file: 'tests/unit/replication/author-action.test.ts' } as const;

/** Stamps, merging, conflicts, digests. */
export const MUTANTS_OF_MERGING: readonly Mutant[] = [
  {
    name: 'keys that a change did not write inherit its stamp',
    rule: 'R3',
    file: 'lib/replication/merge.ts',
    text: 'return mergeRecords(held, recordOf(change));',
    instead: `const made = recordOf(change);
  const stamps = Object.fromEntries(Object.keys(held?.stamps ?? {}).map((key) => [key, change.stamp]));
  return mergeRecords(held, { ...made, values: { ...held?.values, ...made.values }, stamps: { ...stamps, ...made.stamps } });`,
  },
  {
    name: 'a receiver alters the stamps of what it applies',
    rule: 'R3',
    file: 'lib/replication/accept.ts',
    text: 'for (const [key, record] of verdict.records) after.set(key, record);',
    instead: `for (const [key, record] of verdict.records) {
      const stamps = Object.entries(record.stamps).map(([name, stamp]) => [name, stamp.slice(0, -1) + '0']);
      after.set(key, { ...record, stamps: Object.fromEntries(stamps) });
    }`,
  },
  {
    name: 'the later arrival wins over the greater stamp',
    rule: 'R3',
    file: 'lib/replication/merge.ts',
    text: 'if (own !== undefined && own >= stamp) continue;',
    instead: 'if (own !== undefined && own === stamp) continue;',
  },
  {
    name: 'a stamp is not after the values that its author saw',
    rule: 'R2',
    file: 'lib/replication/clock.ts',
    text: 'const seen = greatest === undefined ? clock.point : laterPoint(clock.point, pointOf(greatest));',
    instead: 'const seen = clock.point;',
  },
  {
    name: 'a clock that was put right goes on by what was measured when it was wrong',
    rule: 'R2',
    file: 'lib/replication/clock.ts',
    text: '(corrected < measuredMs - DAY_MS || offsetMs > NEVER_SET_MS)',
    instead: 'corrected < measuredMs - DAY_MS',
  },
  {
    name: 'a clock that is set back takes the stamps back with it',
    rule: 'R2',
    file: 'lib/replication/clock.ts',
    text: 'const point = trusted > seen.ms ? { ms: trusted, counter: 0 } : pointAfter(seen);',
    instead: 'const point = { ms: trusted, counter: 0 };',
  },
  {
    name: 'a deletion does not say what it had seen',
    rule: 'R14',
    file: 'lib/replication/author-action.ts',
    text: 'Object.keys(fields) : Object.keys(record?.stamps ?? {});',
    instead: 'Object.keys(fields) : [];',
    caughtBy: { ...AUTHORING, because: 'the root notes rightly what such a deletion makes: conflicts nobody needs' },
  },
  {
    name: 'content that comes after its erasure is kept',
    rule: 'R3',
    file: 'lib/replication/merge.ts',
    text: 'if (record.values[ERASED] !== true) return record;',
    instead: 'return record;',
  },
  {
    name: 'a record is compared by its newest stamp only',
    rule: 'R11',
    file: 'lib/replication/record.ts',
    text: 'const keys = Object.keys(record.stamps).sort();',
    instead: `const newest = greatestStamp(Object.values(record.stamps));
  const keys = Object.keys(record.stamps).filter((key) => record.stamps[key] === newest).sort().slice(0, 1);`,
    caughtBy: { ...HASHING, because: 'the simulator compares every key, not only the sums' },
  },
  {
    name: 'a relay notes conflicts as well',
    rule: 'R14',
    file: 'lib/replication/accept.ts',
    text: 'const noted = root ? await noteConflicts(',
    instead: 'const noted = true ? await noteConflicts(',
  },
  {
    name: 'a relay makes no provisional conflicts',
    rule: 'R25',
    file: 'lib/replication/accept.ts',
    text: 'suspects: root ? [] : [...suspects.values()]',
    instead: 'suspects: []',
  },
  {
    name: 'a provisional conflict stands beside what the root noted',
    rule: 'R25',
    file: 'lib/replication/provisional-conflicts.ts',
    text: 'return noticed.filter(({ conflict }) => !noted.has(refKey(conflict)));',
    instead: 'return noticed.filter(() => noted !== null);',
  },
  {
    name: 'a provisional conflict ends before the root has judged it',
    rule: 'R25',
    file: 'lib/replication/provisional-conflicts.ts',
    text: 'const open = provisional.filter(({ changes }) => changes.some(isUnconfirmed));',
    instead: 'const open = provisional.filter(({ changes }) => changes.every((change) => !isUnconfirmed(change)));',
  },
  {
    name: 'a write that had not seen another is no suspect when it wins',
    rule: 'R14',
    file: 'lib/replication/losers.ts',
    text: 'return seen.length !== 1 || seen[0] !== own || own > change.stamp;',
    instead: 'return own > change.stamp;',
  },
  {
    name: 'a conflict whose loser was named stays open',
    rule: 'R14',
    file: 'lib/replication/note-conflicts.ts',
    text: "if (held.values.status !== 'open') return [];",
    instead: 'if (held !== undefined) return [];',
  },
  {
    name: 'an edit that a deletion above it hides is no conflict',
    rule: 'R14',
    file: 'lib/replication/losers.ts',
    text: 'return [...parallel, ...hidden, ...hiddenBelow(standing, kept, stampsSeenBelow(changes))];',
    instead: 'return [...parallel, ...hidden];',
  },
];
