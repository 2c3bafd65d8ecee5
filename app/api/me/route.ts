import { asNewUser } from '../../server/asked.ts';
import { readMe } from '../../server/me.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asNewUser('readMe', request, readMe);
}
