/** Whether the last lock was the idle lock: said on the unlock screen, so that nobody thinks work was lost. */
let idle = false;

export function noteIdle(was: boolean): void {
  idle = was;
}

export function wasIdle(): boolean {
  return idle;
}
