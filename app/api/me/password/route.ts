import { asNewUser } from '../../../server/asked.ts';
import { changeOwnPassword } from '../../../server/me.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request): Promise<Response> {
  return asNewUser('setPassword', request, changeOwnPassword);
}
