import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../../workers/event-stream.ts';

function bodyOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function read(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk));
  const events: string[] = [];
  for await (const event of eventsOf(bodyOf(bytes))) events.push(event);
  return events;
}

/** The bytes of a text, cut at these places. */
function cut(text: string, places: readonly number[]): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return edges.slice(1).map((edge, index) => bytes.slice(edges[index], edge));
}

describe('the events of a stream', () => {
  it.each([
    ['an event', ['data: {"a":1}\n\n'], ['{"a":1}']],
    ['without the space', ['data:x\n\n'], ['x']],
    ['two in one chunk', ['data: 1\n\ndata: 2\n\n'], ['1', '2']],
    ['an event of several lines', ['data: 1\ndata: 2\n\n'], ['1\n2']],
    ['comments and other fields', [': live\n\nevent: x\nid: 7\nretry: 5\ndata: 1\n\n:\n\n'], ['1']],
    ['CRLF, cut between its two', ['data: 1\r', '\n\r', '\ndata: 2\r\n\r\n'], ['1', '2']],
    ['CR alone', ['data: 1\r\rdata: 2\r\r.'], ['1', '2']],
    ['a line in two chunks', ['da', 'ta: 1', '2\n', '\n'], ['12']],
    ['an event that the end cuts off', ['data: 1\n\ndata: 2\n'], ['1']],
    ['nothing', [], []],
  ] as const)('%s', async (_, chunks, events) => {
    expect(await read(...chunks)).toEqual(events);
  });

  it('are the same wherever the bytes are cut, within a letter too', async () => {
    const endings = fc.constantFrom('\n', '\r\n');
    const texts = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(texts, endings, fc.array(fc.nat(), { maxLength: 12 }), async (data, ending, places) => {
        const events = [...data, 'خديجة 🏥'];
        const text = events.map((one) => `data: ${one}${ending}${ending}`).join(`: beat${ending}${ending}`);
        expect(await read(...cut(text, places))).toEqual(events);
      }),
    );
  });

  it('a line without end does not fill the memory, and what comes after it is read', async () => {
    expect(await read('data: ', 'x'.repeat(70_000), 'x'.repeat(70_000), '\n\ndata: 1\n\n')).toEqual(['1']);
  });

  it('says that bytes came, comments included, and lets go of the body when nobody reads on', async () => {
    let bytes = 0;
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(':\n\ndata: 1\n\n')),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const _ of eventsOf(body, () => bytes++)) break;
    expect([bytes, cancelled]).toEqual([1, true]);
  });
});
