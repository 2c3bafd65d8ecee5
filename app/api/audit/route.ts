import { asUser } from '../../server/asked.ts';
import { readAudit } from '../../server/audit.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('readAudit', request, readAudit);
}
