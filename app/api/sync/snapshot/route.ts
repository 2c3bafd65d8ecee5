import { answer } from '../../../server/answer.ts';
import { database } from '../../../server/database.ts';
import { snapshot } from '../../../server/exchange.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request): Promise<Response> {
  return answer('snapshot', () => snapshot(database().pool, request));
}
