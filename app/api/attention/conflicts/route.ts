import { asUser } from '../../../server/asked.ts';
import { readConflicts } from '../../../server/attention-conflicts.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('readConflicts', request, readConflicts);
}
