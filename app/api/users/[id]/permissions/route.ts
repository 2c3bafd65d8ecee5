import { asUserAbout } from '../../../../server/asked.ts';
import { grantByApi } from '../../../../server/users.ts';

export const dynamic = 'force-dynamic';

export function PUT(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asUserAbout('grantPermissions', request, params, grantByApi);
}
