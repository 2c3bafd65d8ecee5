import { asUserAbout } from '../../../../server/asked.ts';
import { resolveByApi } from '../../../../server/attention-conflicts.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asUserAbout('resolveConflict', request, params, resolveByApi);
}
