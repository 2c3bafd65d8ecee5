import { asUserAbout } from '../../../server/asked.ts';
import { editByApi, readPatient } from '../../../server/patients.ts';

export const dynamic = 'force-dynamic';

type Context = { params: Promise<{ id: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return asUserAbout('readPatient', request, params, readPatient);
}

export function PATCH(request: Request, { params }: Context): Promise<Response> {
  return asUserAbout('editPatient', request, params, editByApi);
}
