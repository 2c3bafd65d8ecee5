/** Does the request come from a page of this server? A browser always says so where it matters. */
export function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get('origin');
  if (origin === null || !URL.canParse(origin)) return false;
  const own = process.env.ORIGIN;
  if (own !== undefined && own !== '') return new URL(own).origin === origin;
  return new URL(origin).host === request.headers.get('host');
}
