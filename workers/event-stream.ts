import { EventLines } from '../lib/replication/event-lines.ts';

/** The data of each server-sent event of a body, in order. `onBytes` hears of every sign of life. */
export async function* eventsOf(body: ReadableStream<Uint8Array>, onBytes: () => void = noop): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  const lines = new EventLines();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      yield* lines.take(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(noop);
  }
}

function noop(): void {
  // Nobody listens.
}
