/** What a log line may hold: words of ours, ids, numbers. No free text, so no patient's value can be written. */
export interface LogFields {
  readonly ms?: number;
  readonly user?: string;
  readonly device?: string;
  readonly scope?: string;
  readonly collection?: string;
  readonly recordId?: string;
  readonly code?: string;
  readonly count?: number;
  readonly bytes?: number;
  /** Of a fault: where it was thrown, without its message, which may quote a value. */
  readonly trace?: string;
}

/** One JSON line. `event` is the word of a command or route. */
export function log(level: 'info' | 'warn' | 'error', event: string, fields: LogFields = {}): void {
  const line = JSON.stringify({ t: 'log', level, at: new Date().toISOString(), event, ...fields });
  if (level === 'info') console.log(line);
  else console.error(line);
}
