import { answer } from '../../../server/answer.ts';
import { database } from '../../../server/database.ts';
import { live } from '../../../server/live.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return answer('live', () => live(database().pool, request));
}
