/** Longest line that is kept: a stream of something else must not fill the memory. */
const MAX_LINE = 64 * 1024;

/**
 * The data of each server-sent event of a body, in order. Tolerant: comments, unknown fields, any line ending, any
 * chunking; an event that is cut off by the end is dropped. `onBytes` hears of every sign of life.
 */
export async function* eventsOf(body: ReadableStream<Uint8Array>, onBytes: () => void = noop): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      const lines = splitLines(rest + decoder.decode(value, { stream: true }));
      rest = lines.pop()!;
      if (rest.length > MAX_LINE) rest = '';
      for (const line of lines) {
        if (line === '' && data.length > 0) {
          yield data.join('\n');
          data = [];
        } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      }
    }
  } finally {
    await reader.cancel().catch(noop);
  }
}

/** The last is unfinished. A CR at the very end waits: an LF of the same ending may come in the next chunk. */
function splitLines(text: string): string[] {
  const held = text.endsWith('\r') ? text.length - 1 : text.length;
  const lines = text.slice(0, held).split(/\r\n|\n|\r/);
  lines.push(lines.pop()! + text.slice(held));
  return lines;
}

function noop(): void {
  // Nobody listens.
}
