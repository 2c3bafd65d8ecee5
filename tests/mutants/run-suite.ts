import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Suite } from './mutant.ts';

/** `endless`: it did not end in its time. `broken`: not a test failed but the code itself. */
export interface Ran {
  readonly result: 'green' | 'red' | 'endless' | 'broken';
  /** The test file that failed, and its seed where it names one. */
  readonly by: string;
  readonly seed: string;
  readonly seconds: number;
  readonly said: string;
}

/** What vitest's reporter `json` writes, as far as it is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly failureMessages: readonly string[] }[];
  }[];
}

/**
 * Runs a suite of the copy until its first failure, for at most `patienceMs`. That is its only time limit: a test that is
 * slow because the machine is busy has caught nothing.
 */
export async function runSuite(copy: string, { project, file }: Suite, patienceMs: number): Promise<Ran> {
  const report = join(copy, 'vitest-report.json');
  await rm(report, { force: true });
  const args = ['run', '--config', 'tests/vitest.config.ts', '--project', project, '--bail', '1', '--testTimeout', '0'];
  const reporting = ['--reporter', 'json', '--outputFile', report];
  const started = performance.now();
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, ...args, ...reporting, file], {
    cwd: copy,
    // A group of its own: one that hangs is ended with its workers.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = await endOf(child, patienceMs);
  const seconds = Math.round((performance.now() - started) / 1000);
  if (ended.late) return { result: 'endless', by: file, seed: '', seconds, said: 'it did not end' };
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return { result: 'broken', by: file, seed: '', seconds, said: ended.said };
  return { ...resultOf(JSON.parse(text) as Report, ended), seconds };
}

interface Ended {
  readonly late: boolean;
  readonly code: number | null;
  readonly said: string;
}

function endOf(child: ChildProcess, patienceMs: number): Promise<Ended> {
  const end = () => child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, 'SIGKILL');
  const interrupted = () => {
    end();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  let [said, late] = ['', false];
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const patience = Number.isFinite(patienceMs)
    ? setTimeout(() => {
        late = true;
        end();
      }, patienceMs)
    : undefined;
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(patience);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      resolve({ late, code, said });
    });
  });
}

/** A name that is not declared, or a file that cannot be read: the mutant itself is wrong, and no rule was tested. */
const NOT_A_RULE = /ReferenceError|SyntaxError|is not defined|is not a function|Transform failed/;

function resultOf({ testResults }: Report, { code, said }: Ended): Omit<Ran, 'seconds'> {
  const failed = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter((one) => one.status === 'failed')
      .map((one) => ({ name, told: one.failureMessages.join('\n') })),
  )[0];
  if (failed !== undefined) {
    const { name, told } = failed;
    const seed = /(?:SIMULATION_SEED=|seed: )(-?\d+)/.exec(told)?.[1] ?? '';
    const by = name.slice(name.lastIndexOf('/tests/') + 1);
    return { result: NOT_A_RULE.test(told) ? 'broken' : 'red', by, seed, said: told.replace(/^\w*Error: /, '') };
  }
  // Files that the first failure cut short are called failed as well: asked only where no test failed.
  const faults = testResults.filter((one) => one.status === 'failed').map((one) => one.message);
  return code === 0 && faults.length === 0
    ? { result: 'green', by: '', seed: '', said: '' }
    : { result: 'broken', by: '', seed: '', said: [...faults, said].join('\n') };
}
