import type { Flag, Role } from '../../../lib/access/actor.ts';
import { ROLE_TEMPLATES } from '../../../lib/access/actor.ts';
import { createClinic } from '../../../lib/domain/clinic/create-clinic.ts';
import { put } from '../../../lib/domain/command.ts';
import { createDepartment } from '../../../lib/domain/department/create-department.ts';
import { deterministicId } from '../../../lib/domain/identity.ts';
import { ORGANISATION_ID } from '../../../lib/domain/organisation/organisation.ts';
import { createUser } from '../../../lib/domain/user/create-user.ts';
import type { Author } from '../../../lib/replication/author-action.ts';
import { organisationFields } from '../organisation-fields.ts';
import { minutesAfter, TIME_ZONE } from './demo-day.ts';
import type { DemoWorld } from './demo-world.ts';

/** Where the demo's people, clinics and rooms are found: their ids never change. */
const demoId = (collection: string, name: string) => deterministicId(collection, 'demo', name);

export const CAMP_NORTH = demoId('clinics', 'camp-north');
export const MOBILE_TEAM = demoId('clinics', 'mobile-team');
export const RECEPTION = demoId('departments', 'reception');
export const CONSULTATION = demoId('departments', 'consultation');

export const CLINICS = [
  { id: CAMP_NORTH, name: 'Camp North', code: 'CN' },
  { id: MOBILE_TEAM, name: 'Mobile Team', code: 'MT' },
] as const;

interface StaffMember {
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly language: string;
  /** Home clinic; null for the organisation. */
  readonly clinicId: string | null;
  readonly flags: readonly Flag[];
}

const MORE_OF_A_NURSE: readonly Flag[] = ['edit-other-provider-events', 'dispense', 'manage-stock'];
const nursing = [...ROLE_TEMPLATES.provider, ...MORE_OF_A_NURSE];

/** Who signs in to the demo. */
export const STAFF = [
  { username: 'admin', name: 'Samira Haddad', role: 'admin', language: 'en', clinicId: null, flags: [] },
  { username: 'nurse', name: 'Amina Osman', role: 'provider', language: 'en', clinicId: CAMP_NORTH, flags: nursing },
  {
    username: 'registrar',
    name: 'Yusuf Darwish',
    role: 'registrar',
    language: 'ar',
    clinicId: CAMP_NORTH,
    flags: ROLE_TEMPLATES.registrar,
  },
  { username: 'mobile', name: 'Fatou Diallo', role: 'provider', language: 'fr', clinicId: MOBILE_TEAM, flags: nursing },
] as const satisfies readonly StaffMember[];
export type Username = (typeof STAFF)[number]['username'];

export function userId(username: Username): string {
  return demoId('users', username);
}

export const ADMIN: Author = { userId: userId('admin'), clinicId: null };
export const NURSE: Author = { userId: userId('nurse'), clinicId: CAMP_NORTH };
export const REGISTRAR: Author = { userId: userId('registrar'), clinicId: CAMP_NORTH };
export const MOBILE: Author = { userId: userId('mobile'), clinicId: MOBILE_TEAM };

/** Who looks after patients in a clinic. */
export function nurseOf(clinicId: string): Author {
  return clinicId === MOBILE_TEAM ? MOBILE : NURSE;
}

/** Who receives them. */
export function deskOf(clinicId: string): Author {
  return clinicId === MOBILE_TEAM ? MOBILE : REGISTRAR;
}

/** Long before the first patient. */
export const OPENED_DAYS_AGO = 450;

/** The administrator makes himself; nobody else is there yet. */
export function hireAdministrator(world: DemoWorld, hashes: Readonly<Record<Username, string>>): void {
  hire(world, STAFF[0], hashes.admin, world.calendar.at(OPENED_DAYS_AGO, 9, 0));
}

/** Organisation, clinics, departments and everybody else. */
export function foundOrganisation(world: DemoWorld, hashes: Readonly<Record<Username, string>>): void {
  const atMs = world.calendar.at(OPENED_DAYS_AGO, 9, 10);
  world.edit(ADMIN, atMs, put('organisation', ORGANISATION_ID, organisationFields('Sunrise Clinics')));
  for (const { id, name, code } of CLINICS) {
    world.run(createClinic, { clinicId: id, name, code, timeZone: TIME_ZONE, country: 'JO' }, ADMIN, atMs);
  }
  furnish(world, RECEPTION, { en: 'Reception', ar: 'الاستقبال', es: 'Recepción', fr: 'Accueil' }, 1, atMs);
  furnish(world, CONSULTATION, { en: 'Consultation', ar: 'العيادة', es: 'Consulta', fr: 'Consultation' }, 2, atMs);
  for (const member of STAFF.slice(1)) hire(world, member, hashes[member.username], minutesAfter(atMs, 10));
}

function furnish(world: DemoWorld, departmentId: string, name: Record<string, string>, order: number, atMs: number) {
  const can = { canDispense: departmentId === CONSULTATION, canTest: departmentId === CONSULTATION, canImage: false };
  world.run(createDepartment, { departmentId, clinicId: CAMP_NORTH, name, order, ...can }, ADMIN, atMs);
}

function hire(world: DemoWorld, member: (typeof STAFF)[number], passwordHash: string, atMs: number): void {
  const { username, name, role, language, clinicId, flags } = member;
  const grants = clinicId === null ? [] : [{ clinicId, flags: [...flags] }];
  const signIn = { username, passwordHash, mustChange: false };
  world.run(createUser, { userId: userId(username), name, role, language, clinicId, ...signIn, grants }, ADMIN, atMs);
}
