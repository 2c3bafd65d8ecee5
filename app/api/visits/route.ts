import { asUser } from '../../server/asked.ts';
import { listVisits, startByApi } from '../../server/visits.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('listVisits', request, listVisits);
}

export function POST(request: Request): Promise<Response> {
  return asUser('startVisit', request, startByApi);
}
