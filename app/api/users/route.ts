import { asUser } from '../../server/asked.ts';
import { createByApi, listUsers } from '../../server/users.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('listUsers', request, listUsers);
}

export function POST(request: Request): Promise<Response> {
  return asUser('createUser', request, createByApi);
}
