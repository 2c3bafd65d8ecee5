import { Workbox } from 'workbox-window';

/**
 * Registers the worker that makes the app open without a network. `onWaiting` is told when a newer version is
 * ready, with the function that switches to it and reloads: call that only when the person asked for it.
 * Resolves to false where there are no service workers (an http address that is not localhost).
 */
export async function registerServiceWorker(onWaiting: (switchVersion: () => void) => void): Promise<boolean> {
  if (!('serviceWorker' in navigator) || process.env.NODE_ENV !== 'production') return false;
  const workbox = new Workbox('/service-worker.js', { scope: '/', updateViaCache: 'none' });
  let asked = false;
  workbox.addEventListener('waiting', () => {
    onWaiting(() => {
      asked = true;
      workbox.messageSkipWaiting();
    });
  });
  workbox.addEventListener('controlling', ({ isUpdate, isExternal }) => {
    if (asked) window.location.reload();
    // Another tab switched. What is typed in this one stays until its person agrees to reload.
    else if (isUpdate || isExternal) onWaiting(() => window.location.reload());
  });
  await workbox.register({ immediate: true });
  return true;
}
