import { answer } from '../../server/answer.ts';
import { database } from '../../server/database.ts';
import { recordHistory } from '../../server/history.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return answer('readHistory', () => recordHistory(database().pool, request));
}
