import { afterEach, expect, it, vi } from 'vitest';
import { answer } from '../../../app/server/answer.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('a fault is logged by its place, never by its message, whatever that looks like', async () => {
  const lines: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line: string) => lines.push(line));
  const fault = new Error('no such patient:\n    at Amina Haddad, born 1984');
  const response = await answer('exchange', () => Promise.reject(fault));
  const problem = await response.json();
  expect([response.status, problem.code]).toEqual([500, 'internal']);
  expect(lines.join()).toContain(problem.instance);
  expect(lines.join()).toContain('answer.test.ts');
  expect(lines.join() + JSON.stringify(problem)).not.toMatch(/Amina|1984/);
});
