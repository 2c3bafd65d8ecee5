import { asUserAbout } from '../../../server/asked.ts';
import { editByApi, readUser } from '../../../server/users.ts';

export const dynamic = 'force-dynamic';

type Context = { params: Promise<{ id: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return asUserAbout('readUser', request, params, readUser);
}

export function PATCH(request: Request, { params }: Context): Promise<Response> {
  return asUserAbout('editUser', request, params, editByApi);
}
