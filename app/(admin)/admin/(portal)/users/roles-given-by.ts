import { ROLES, type Role } from '../../../../../lib/access/actor.ts';
import type { Me } from '../../../me.ts';

/** The roles that somebody may give: only a super admin makes administrators. */
export function rolesGivenBy(me: Me): readonly Role[] {
  if (me.role === 'super_admin') return ROLES;
  return ROLES.filter((role) => role !== 'super_admin' && role !== 'admin');
}
