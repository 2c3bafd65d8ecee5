import type { ServerResponse } from 'node:http';

/**
 * The header under which a route says how it encoded its body. Next drops `content-encoding` from what routes answer
 * (it assumes that fetch decoded the body), which would leave compressed bytes without a word of it.
 */
export const ROUTE_ENCODING = 'x-route-encoding';

/** Gives `content-encoding` its name back while the response is written, before Next decides to compress by itself. */
export function restoreRouteEncoding(response: ServerResponse): void {
  for (const verb of ['setHeader', 'appendHeader'] as const) {
    const set = response[verb].bind(response) as (name: string, value: string) => ServerResponse;
    response[verb] = (name: string, value: number | string | readonly string[]) =>
      set(name.toLowerCase() === ROUTE_ENCODING ? 'content-encoding' : name, value as string);
  }
}
