/** The one static page behind every clinician path; also its address in the phone's precache. */
export const clinicPage = '/clinic';

/** Next's path patterns that show it. workers/service-worker.ts says the same offline (tests/e2e/offline-shell.spec.ts opens each). */
export const clinicPaths = ['/', '/c/:path*', '/p/:id', '/join/:code'];
