import { asUser } from '../../server/asked.ts';
import { listGrants } from '../../server/audit.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('listAccessGrants', request, listGrants);
}
