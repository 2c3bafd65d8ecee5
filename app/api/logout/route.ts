import { answer } from '../../server/answer.ts';
import { database } from '../../server/database.ts';
import { logOut } from '../../server/session/log-in.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request): Promise<Response> {
  return answer('signOut', () => logOut(database().pool, request));
}
