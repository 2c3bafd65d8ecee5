import { asUser } from '../../server/asked.ts';
import { readDashboard } from '../../server/dashboard.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('readDashboard', request, readDashboard);
}
