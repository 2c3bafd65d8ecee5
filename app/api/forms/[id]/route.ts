import { asUserAbout } from '../../../server/asked.ts';
import { readForm } from '../../../server/forms.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asUserAbout('readForm', request, params, readForm);
}
