import { answer } from '../../../server/answer.ts';
import { database } from '../../../server/database.ts';
import { signInByApi } from '../../../server/sign-in-on-device.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request): Promise<Response> {
  return answer('signIn', () => signInByApi(database().pool, request));
}
