/** Roles and flags of data.md §8. */
export const ROLES = ['super_admin', 'admin', 'provider', 'registrar', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const FLAGS = [
  'register-patients',
  'view-history',
  'edit-records',
  'edit-other-provider-events',
  'delete-records',
  'delete-visits',
  'delete-patients',
  'prescribe',
  'dispense',
  'manage-stock',
  'download-reports',
  'clinic-admin',
] as const;
export type Flag = (typeof FLAGS)[number];

/** Flags that a new user of a role gets in a clinic; a template that whoever grants may edit. */
export const ROLE_TEMPLATES: Readonly<Record<Role, readonly Flag[]>> = {
  super_admin: [],
  admin: [],
  provider: ['register-patients', 'view-history', 'edit-records', 'prescribe', 'download-reports'],
  registrar: ['register-patients'],
  viewer: ['view-history'],
};

/** Who acts: a user with the flags of each clinic. */
export interface Actor {
  readonly userId: string;
  readonly role: Role;
  readonly active: boolean;
  readonly flags: Readonly<Record<string, readonly Flag[]>>;
  /** His home clinic: it gives no right there, but he belongs to it. */
  readonly home?: string | null;
}

export function isAdmin(actor: Actor): boolean {
  return actor.role === 'admin' || actor.role === 'super_admin';
}

/** May the actor do what `flag` allows in this clinic? `clinic-admin` implies every flag of its clinic. */
export function hasFlag(actor: Actor, flag: Flag, clinicId: string | null): boolean {
  if (isAdmin(actor)) return true;
  if (clinicId === null) return false;
  const held = actor.flags[clinicId] ?? [];
  return held.includes(flag) || held.includes('clinic-admin');
}

export function hasAnyFlag(actor: Actor, clinicId: string): boolean {
  return isAdmin(actor) || (actor.flags[clinicId] ?? []).length > 0;
}

/** Is one of these clinics his home, or has he a flag in one? Being an admin makes nobody belong anywhere. */
export function belongsTo(actor: Actor, clinicIds: readonly string[]): boolean {
  return clinicIds.some((clinicId) => clinicId === actor.home || (actor.flags[clinicId] ?? []).length > 0);
}

/** The clinics where the actor has at least one flag. Empty for an admin: he has them all. */
export function clinicsOf(actor: Actor): string[] {
  return Object.keys(actor.flags).filter((clinicId) => (actor.flags[clinicId] ?? []).length > 0);
}
