import { asUser } from '../../server/asked.ts';
import { listDevices } from '../../server/devices.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('listDevices', request, listDevices);
}
