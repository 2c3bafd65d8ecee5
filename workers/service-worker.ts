import { clientsClaim } from 'workbox-core';
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  matchPrecache,
  type PrecacheEntry,
  precacheAndRoute,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (PrecacheEntry | string)[] };

// Keeps the program, never a record and never the key. Whatever is not precached goes to the network untouched:
// a cached reply would be patient data outside the encrypted store.

precacheAndRoute(self.__WB_MANIFEST, { cleanURLs: false, directoryIndex: '' });
cleanupOutdatedCaches();
clientsClaim();

// The same paths as clinicPaths in app/server/clinic-paths.ts.
const clinic = [/^\/(\?|$)/, /^\/c([/?]|$)/, /^\/p\/[^/]+$/, /^\/join\/[^/]+$/];
registerRoute(new NavigationRoute(createHandlerBoundToURL('/clinic'), { allowlist: clinic }));

registerRoute(
  new NavigationRoute(
    async ({ request }) => {
      try {
        return await fetch(request);
      } catch {
        return (await matchPrecache('/offline.html')) ?? Response.error();
      }
    },
    { allowlist: [/^\/admin([/?]|$)/] },
  ),
);

// A new version waits until the person taps: what is typed on the old page must not be lost to a reload.
self.addEventListener('message', (event) => {
  if (event.data?.type === 'SKIP_WAITING') void self.skipWaiting();
});
