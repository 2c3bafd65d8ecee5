import { asUser } from '../../../server/asked.ts';
import { readRefused } from '../../../server/attention-refused.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('readRefused', request, readRefused);
}
