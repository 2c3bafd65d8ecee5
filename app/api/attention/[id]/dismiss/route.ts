import { asUserAbout } from '../../../../server/asked.ts';
import { dismissByApi } from '../../../../server/attention-refused.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asUserAbout('dismissRefused', request, params, dismissByApi);
}
