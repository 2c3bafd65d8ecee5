import { answer } from '../../server/answer.ts';
import { database } from '../../server/database.ts';
import { logIn } from '../../server/session/log-in.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request): Promise<Response> {
  return answer('signIn', () => logIn(database().pool, request));
}
