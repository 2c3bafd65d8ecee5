import { describe, expect, it } from 'vitest';
import { triageTone } from '../../../app/(clinic)/visit/triage-tone.ts';

describe('the tone of a triage level', () => {
  it('never makes "can wait" look like a warning', () => {
    expect(['red', 'orange', 'yellow', 'green', 'blue'].map(triageTone)).toEqual([
      ...['danger', 'warning', 'warning', 'success', 'info'],
    ]);
    expect(triageTone(null)).toBe('neutral');
  });
});
