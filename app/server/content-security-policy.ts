import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

/**
 * Scripts run only from our own files, or inline when the page was built with them (their hashes, read from the
 * prerendered HTML) or rendered for this very request (a nonce, which Next takes from the request's header).
 * The phone's page is kept in its cache with its headers, so it has hashes and never a nonce.
 */
export function contentSecurityPolicy(scripts: string[], secure: boolean): string {
  return [
    "default-src 'self'",
    // WebAssembly: Argon2 for the PIN.
    `script-src 'self' 'wasm-unsafe-eval' ${scripts.join(' ')}`.trim(),
    // Components set positions by style attributes, and some insert a style element.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "worker-src 'self' blob:",
    // A phone talks to the hubs and the server it was enrolled with, whose addresses no one knows beforehand.
    `connect-src 'self' https: wss:`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

/** Sets the policy on the reply and, where Next renders per request, on the request. */
export function policySetter(hashes: string[], secure: boolean) {
  const fixed = contentSecurityPolicy(hashes, secure);
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (secure) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
    if (!/^\/admin([/?]|$)/.test(request.url ?? '')) {
      response.setHeader('Content-Security-Policy', fixed);
      return;
    }
    const policy = contentSecurityPolicy([`'nonce-${randomBytes(16).toString('base64')}'`], secure);
    request.headers['content-security-policy'] = policy;
    response.setHeader('Content-Security-Policy', policy);
  };
}

/** `'sha256-…'` of every inline script in the HTML that the build wrote. */
export async function builtScriptHashes(nextFolder: string): Promise<string[]> {
  const folder = join(nextFolder, 'server', 'app');
  const pages = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.html'));
  const hashes = new Set<string>();
  for (const page of pages) {
    const html = await readFile(join(folder, page), 'utf8');
    for (const script of inlineScripts(html)) hashes.add(hashOf(script));
  }
  return [...hashes].sort();
}

export function inlineScripts(html: string): string[] {
  const found = html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g);
  return [...found].map((match) => match[1] ?? '').filter((text) => text !== '');
}

function hashOf(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}
