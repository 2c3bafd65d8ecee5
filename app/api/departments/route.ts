import { asUser } from '../../server/asked.ts';
import { createDepartmentByApi, listDepartments } from '../../server/clinics.ts';

export const dynamic = 'force-dynamic';

export function GET(request: Request): Promise<Response> {
  return asUser('listDepartments', request, listDepartments);
}

export function POST(request: Request): Promise<Response> {
  return asUser('createDepartment', request, createDepartmentByApi);
}
