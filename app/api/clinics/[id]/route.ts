import { asUserAbout } from '../../../server/asked.ts';
import { editByApi } from '../../../server/clinics.ts';

export const dynamic = 'force-dynamic';

export function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asUserAbout('editClinic', request, params, editByApi);
}
