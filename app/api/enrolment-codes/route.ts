import { asUser } from '../../server/asked.ts';
import { issueByApi, listEnrolmentCodes } from '../../server/devices.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('listEnrolmentCodes', request, listEnrolmentCodes);
}

export function POST(request: Request): Promise<Response> {
  return asUser('issueEnrolmentCode', request, issueByApi);
}
