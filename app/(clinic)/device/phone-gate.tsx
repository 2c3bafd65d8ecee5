import { lazy, Suspense } from 'react';
import { usePhone } from '../../device/phone.ts';
import { Waiting } from './alone.tsx';
import { OpenPhone } from './open-phone.tsx';
import { UnlockScreen } from './unlock-screen.tsx';

const NewPhone = lazy(() => import('./new-phone.tsx').then((module) => ({ default: module.NewPhone })));

/** What is shown depends on what the phone is: not set up, locked, or open for somebody. */
export function PhoneGate() {
  const phone = usePhone();
  if (phone.state === 'starting') return <Waiting />;
  if (phone.state === 'new')
    return (
      <Suspense fallback={<Waiting />}>
        <NewPhone />
      </Suspense>
    );
  if (phone.state === 'locked') return <UnlockScreen users={phone.users} />;
  return <OpenPhone key={phone.session.userId} />;
}
