import type { IncomingMessage } from 'node:http';

/** Set by `serve` on every request, over whatever the asker wrote there. */
export const ADDRESS_HEADER = 'x-client-address';

/** Writes down where a request comes from. What a proxy says counts only when there is one to trust. */
export function noteAddress(request: IncomingMessage, trustProxy: boolean): void {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  // The last one is what our own proxy saw; the ones before it are what it was told.
  const last = [forwarded].flat().at(-1)?.split(',').at(-1)?.trim();
  request.headers[ADDRESS_HEADER] = last || request.socket.remoteAddress || 'unknown';
}

/** The network address of the asker. IPv6 counts by its /64: one household has as many addresses as it likes. */
export function addressOf(request: Request): string {
  const address = (request.headers.get(ADDRESS_HEADER) ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '').slice(0, 64);
  return address.includes(':') ? `${networkOf(address)}::/64` : address;
}

/** The first four groups of an IPv6 address, those that `::` stands for written out. */
function networkOf(address: string): string {
  const [front = [], back = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return [...front, ...zeros, ...back].slice(0, 4).join(':');
}
