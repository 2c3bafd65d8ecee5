import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { database } from '../../../server/database.ts';
import { whoIs } from '../../../server/me.ts';
import { requireSession } from '../../../server/session/require-session.ts';
import { PortalShell } from '../../portal-shell.tsx';

/** Everything below needs somebody who is signed in and has a password of his own. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const { pool } = database();
  const request = new Request('http://localhost/admin', { headers: new Headers(await headers()) });
  const session = await requireSession(pool, request);
  if (!session.ok) redirect('/admin/sign-in');
  const me = await whoIs(pool, session.value.actor);
  if (me.mustChange) redirect('/admin/password');
  return <PortalShell me={me}>{children}</PortalShell>;
}
