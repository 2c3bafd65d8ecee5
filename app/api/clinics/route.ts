import { asUser } from '../../server/asked.ts';
import { createByApi, listClinics } from '../../server/clinics.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('listClinics', request, listClinics);
}

export function POST(request: Request): Promise<Response> {
  return asUser('createClinic', request, createByApi);
}
