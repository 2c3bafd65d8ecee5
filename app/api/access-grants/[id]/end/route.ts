import { asUserAbout } from '../../../../server/asked.ts';
import { endGrantByApi } from '../../../../server/audit.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asUserAbout('endBreakGlass', request, params, endGrantByApi);
}
