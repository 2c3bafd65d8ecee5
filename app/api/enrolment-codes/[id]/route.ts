import { asUserAbout } from '../../../server/asked.ts';
import { readEnrolmentCode } from '../../../server/devices.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asUserAbout('readEnrolmentCode', request, params, readEnrolmentCode);
}
