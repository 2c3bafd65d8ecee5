import { afterEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { postJson } from '../../../app/device/post-json.ts';
import { ReplySize } from '../../../lib/replication/reply-size.ts';
import { httpUpstream } from '../../../workers/upstream.ts';

afterEach(() => vi.unstubAllGlobals());

function answerWith(answer: () => Response): void {
  vi.stubGlobal('fetch', async () => answer());
}

const signInPage = () => new Response('<html>Welcome to Cafe Wi-Fi</html>', { status: 200 });

it('the sign-in page of a Wi-Fi is not taken for the server', async () => {
  answerWith(signInPage);
  const refused = { ok: false, code: 'server-unreachable', field: null, retryAfterSeconds: null };
  expect(await postJson('/api/enrol', {}, z.object({ deviceId: z.string() }), null)).toEqual(refused);
  await expect(httpUpstream('token', new ReplySize()).exchange({})).rejects.toMatchObject({
    problem: 'server-unreachable',
  });
});

it('an answer that is cut stays a fault of the network', async () => {
  const cut = new ReadableStream({ pull: (controller) => controller.error(new TypeError('cut')) });
  answerWith(() => new Response(cut, { status: 200 }));
  await expect(httpUpstream('token', new ReplySize()).exchange({})).rejects.toBeInstanceOf(TypeError);
});
