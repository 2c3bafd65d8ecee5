/** The same as app/server/passwords.ts, which cannot be loaded in a browser. */
export const MIN_PASSWORD = 10;
