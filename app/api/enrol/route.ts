import { answer } from '../../server/answer.ts';
import { database } from '../../server/database.ts';
import { enrolDevice } from '../../server/enrol-device.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request): Promise<Response> {
  return answer('enrolDevice', () => enrolDevice(database().pool, request));
}
