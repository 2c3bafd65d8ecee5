'use client';
import { createContext, useContext } from 'react';
import { type Actor, type Flag, hasFlag, type Role } from '../../lib/access/actor.ts';

/** Who is signed in, as `/api/me` says it. */
export interface Me {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly role: Role;
  readonly admin: boolean;
  readonly flags: Actor['flags'];
  readonly organisation: string | null;
  readonly mustChange: boolean;
  /** Is this the portal of a clinic's hub? */
  readonly hub: boolean;
}

export const MeContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error('a page of the portal outside its shell');
  return me;
}

/** May this person do something in this clinic? Only for what is shown: the server decides by the same table. */
export function mayIn(me: Me, flag: Flag, clinicId: string | null): boolean {
  return hasFlag({ userId: me.id, role: me.role, active: true, flags: me.flags }, flag, clinicId);
}

/** Does he manage users and devices anywhere? */
export function managesSomewhere(me: Me): boolean {
  return me.admin || Object.keys(me.flags).some((clinicId) => mayIn(me, 'clinic-admin', clinicId));
}
