import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { inlineScripts, policySetter } from '../../../app/server/content-security-policy.ts';

function policyOf(url: string, secure = false): { request: string | undefined; reply: Record<string, string> } {
  const request = { url, headers: {} } as IncomingMessage;
  const reply: Record<string, string> = {};
  const response = { setHeader: (name: string, value: string) => Object.assign(reply, { [name]: value }) };
  policySetter(["'sha256-abc'"], secure)(request, response as unknown as ServerResponse);
  return { request: request.headers['content-security-policy'] as string | undefined, reply };
}

const scriptsOf = (policy: string | undefined) => /script-src ([^;]*)/.exec(policy ?? '')?.[1];

test('only inline scripts are hashed, exactly as they stand', () => {
  const html =
    '<script src="/a.js" async=""></script><script>one()</script><script id="b">\ntwo()</script><script></script>';
  expect(inlineScripts(html)).toEqual(['one()', '\ntwo()']);
});

test('the phone page allows the built scripts by hash, and never a nonce: its headers are kept for weeks', () => {
  const { request, reply } = policyOf('/c/patients/x');
  expect(scriptsOf(reply['Content-Security-Policy'])).toBe("'self' 'wasm-unsafe-eval' 'sha256-abc'");
  expect(request).toBeUndefined();
});

test('a portal page has a nonce of its own, told to Next by the request', () => {
  const [first, second] = [policyOf('/admin/users'), policyOf('/admin?a=1')];
  expect(scriptsOf(first.reply['Content-Security-Policy'])).toMatch(/^'self' 'wasm-unsafe-eval' 'nonce-[\w+/]{22}=='$/);
  expect(first.request).toBe(first.reply['Content-Security-Policy']);
  expect(second.request).toBe(second.reply['Content-Security-Policy']);
  expect(first.request).not.toBe(second.request);
});

test('no page allows inline scripts, eval or being framed', () => {
  for (const url of ['/c', '/admin', '/administration']) {
    const policy = policyOf(url).reply['Content-Security-Policy'];
    expect(scriptsOf(policy)).not.toMatch(/unsafe-inline|'unsafe-eval'/);
    expect(policy).toContain("frame-ancestors 'none'");
  }
});

test('https is insisted on only when people come by https', () => {
  expect(policyOf('/c', true).reply['Strict-Transport-Security']).toBe('max-age=31536000');
  expect(policyOf('/c', false).reply['Strict-Transport-Security']).toBeUndefined();
});
