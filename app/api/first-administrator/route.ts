import { answer } from '../../server/answer.ts';
import { database } from '../../server/database.ts';
import { foundByLink } from '../../server/first-administrator.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request): Promise<Response> {
  return answer('createFirstAdministrator', () => foundByLink(database().pool, request));
}
