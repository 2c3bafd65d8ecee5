import { asUserAbout } from '../../../../server/asked.ts';
import { acceptByApi } from '../../../../server/attention-refused.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asUserAbout('acceptRefused', request, params, acceptByApi);
}
