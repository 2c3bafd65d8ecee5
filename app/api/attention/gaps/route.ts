import { asUser } from '../../../server/asked.ts';
import { readGaps } from '../../../server/attention.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('readGaps', request, readGaps);
}
