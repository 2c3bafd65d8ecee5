import { asUserAbout } from '../../../../server/asked.ts';
import { revokeByApi } from '../../../../server/devices.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asUserAbout('revokeDevice', request, params, revokeByApi);
}
