import { answer } from '../../../server/answer.ts';
import { database } from '../../../server/database.ts';
import { witness } from '../../../server/witness.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request): Promise<Response> {
  return answer('witness', () => witness(database().pool, request));
}
