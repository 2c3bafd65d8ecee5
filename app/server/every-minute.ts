import { log } from './log.ts';

const EVERY_MS = 60_000;

/**
 * Does the work at once, once a minute, and when it is asked to, one at a time, until it is stopped. `work` resolves with
 * how much it did. What goes wrong is logged under `event`, and tried again.
 */
export function everyMinute(event: string, work: () => Promise<number>): { now(): void; stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  let again = false;
  const sweep = async () => {
    do {
      again = false;
      try {
        const count = await work();
        if (count > 0) log('info', event, { count });
      } catch (fault) {
        log('error', event, { code: fault instanceof Error ? fault.name : 'unknown' });
      }
    } while (again);
    running = null;
  };
  const now = () => {
    again = running !== null;
    running ??= sweep();
  };
  now();
  const timer = setInterval(now, EVERY_MS);
  return {
    now,
    stop: async () => {
      clearInterval(timer);
      again = false;
      await running;
    },
  };
}
