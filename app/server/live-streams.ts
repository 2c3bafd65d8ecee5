/** Streams of one device: the newest stay. More than one, so that a phone that was cloned is not driven out each time. */
const MOST_OF_A_DEVICE = 2;
/** Streams of this process: each looks its rights up twice a minute. */
const MOST = 1000;

interface Streams {
  readonly byDevice: Map<string, (() => void)[]>;
  count: number;
  closed: boolean;
}

const key = Symbol.for('hikma.liveStreams');
const place = globalThis as typeof globalThis & { [key]?: Streams };

/** On globalThis, because Next loads this module once per bundle of routes, and the server once more. */
function streams(): Streams {
  place[key] ??= { byDevice: new Map(), count: 0, closed: false };
  return place[key];
}

/** Is there room for another stream? None while the server stops. */
export function mayStream(): boolean {
  const { count, closed } = streams();
  return !closed && count < MOST;
}

export function openStreams(): number {
  return streams().count;
}

/** Counts a stream in; the oldest of its device is ended when they are too many. Returns what counts it out. */
export function countStream(deviceId: string, end: () => void): () => void {
  const all = streams();
  const mine = [...(all.byDevice.get(deviceId) ?? []), end];
  all.byDevice.set(deviceId, mine);
  all.count += 1;
  if (mine.length > MOST_OF_A_DEVICE) mine[0]!();
  return () => {
    const held = all.byDevice.get(deviceId) ?? [];
    if (!held.includes(end)) return;
    all.count -= 1;
    const others = held.filter((one) => one !== end);
    if (others.length === 0) all.byDevice.delete(deviceId);
    else all.byDevice.set(deviceId, others);
  };
}

/** Ends every stream of this process, for ever: a server that stops would wait for them. */
export function endLiveStreams(): void {
  const all = streams();
  all.closed = true;
  for (const end of [...all.byDevice.values()].flat()) end();
}
