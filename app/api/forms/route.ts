import { asUser } from '../../server/asked.ts';
import { listForms, publishByApi } from '../../server/forms.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('listForms', request, listForms);
}

export function POST(request: Request): Promise<Response> {
  return asUser('publishForm', request, publishByApi);
}
