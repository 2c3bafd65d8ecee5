import { asUser } from '../../server/asked.ts';
import { readAttention } from '../../server/attention.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('readAttention', request, readAttention);
}
