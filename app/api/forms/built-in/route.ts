import { asUser } from '../../../server/asked.ts';
import { publishBuiltIns } from '../../../server/publish-built-in.ts';

export const dynamic = 'force-dynamic';

export function POST(request: Request): Promise<Response> {
  return asUser('publishForm', request, publishBuiltIns);
}
