import { describe, expect, it } from 'vitest';
import { events } from '../../../lib/domain/event/event.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { decodeRow, encodeRow, layoutOf } from '../../../lib/replication/layout.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';

const layout = layoutOf(events);

function recordWith(values: Record<string, Json>): StoredRecord {
  const stamps = Object.fromEntries(Object.keys(values).map((key) => [key, '0000000000001.0000.000000000000']));
  return { collection: 'events', id: 'e', values, stamps };
}

describe('a row gives back its record', () => {
  it.each([
    ['rows', { 'answers.siblings.a': { age: 4 }, 'answers.siblings.b': null }],
    ['an answer called constructor', { 'answers.constructor': 'x', 'entered.constructor': { value: 1 } }],
    ['rows of an answer called constructor', { 'answers.constructor.a': 1 }],
    ['an answer written whole and in rows', { 'answers.x': 5, 'answers.x.a': 1 }],
    ['the same in the other order', { 'answers.x.a': 1, 'answers.x': { b: 2 } }],
    ['an answer cleared whole that has rows', { 'answers.x': null, 'answers.x.a': 1 }],
  ] as [string, Record<string, Json>][])('%s', (_, values) => {
    const record = recordWith(values);
    const row = JSON.parse(JSON.stringify(encodeRow(layout, record)));
    expect(decodeRow(layout, row)).toEqual(record);
  });
});
