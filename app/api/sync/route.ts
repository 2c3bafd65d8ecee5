import { answer } from '../../server/answer.ts';
import { database } from '../../server/database.ts';
import { exchange } from '../../server/exchange.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request): Promise<Response> {
  return answer('exchange', () => exchange(database().pool, request));
}
