/** Longest line that is kept: a stream of something else must not fill the memory. */
const MAX_LINE = 64 * 1024;

/**
 * Reads server-sent events out of text as it comes. Tolerant: comments, unknown fields, any line ending, any chunking;
 * an event that is cut off by the end is dropped.
 */
export class EventLines {
  #rest = '';
  #data: string[] = [];

  /** The data of each event that is whole now, in order. */
  take(text: string): string[] {
    const lines = splitLines(this.#rest + text);
    this.#rest = lines.pop()!;
    if (this.#rest.length > MAX_LINE) this.#rest = '';
    const events: string[] = [];
    for (const line of lines) {
      if (line === '' && this.#data.length > 0) {
        events.push(this.#data.join('\n'));
        this.#data = [];
      } else if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
    }
    return events;
  }
}

/** The last is unfinished. A CR at the very end waits: an LF of the same ending may come in the next chunk. */
function splitLines(text: string): string[] {
  const held = text.endsWith('\r') ? text.length - 1 : text.length;
  const lines = text.slice(0, held).split(/\r\n|\n|\r/);
  lines.push(lines.pop()! + text.slice(held));
  return lines;
}
