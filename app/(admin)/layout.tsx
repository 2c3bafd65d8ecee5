import type { ReactNode } from 'react';
import { PortalProviders } from './portal-providers.tsx';

/** Rendered per request: the portal needs a session, and the scripts of its pages carry the request's nonce. */
export const dynamic = 'force-dynamic';

export default function AdminLayout({ children }: { children: ReactNode }) {
  return <PortalProviders>{children}</PortalProviders>;
}
