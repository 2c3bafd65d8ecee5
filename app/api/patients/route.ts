import { asUser } from '../../server/asked.ts';
import { listPatients, registerByApi } from '../../server/patients.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('listPatients', request, listPatients);
}

export function POST(request: Request): Promise<Response> {
  return asUser('registerPatient', request, registerByApi);
}
