import { asUserAbout } from '../../../../server/asked.ts';
import { resetPassword } from '../../../../server/users.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asUserAbout('setPassword', request, params, resetPassword);
}
