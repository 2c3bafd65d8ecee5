import { useState } from 'react';
import { useLocation } from 'wouter';
import { addUser, type SignedIn } from '../../device/enrol.ts';
import { useSession } from '../../device/phone.ts';
import { rawKey } from '../../device/raw-key.ts';
import { Link } from '../../ui/link.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { ChoosePin } from './choose-pin.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Another user of this phone, or the same one with a new PIN: signs in online, then chooses a PIN. */
export function AddUserScreen() {
  const { t } = useText();
  const session = useSession();
  const [, go] = useLocation();
  const [user, setUser] = useState<SignedIn | null>(null);
  const [busy, setBusy] = useState(false);
  const finish = async (signedIn: SignedIn, pin: string) => {
    const raw = rawKey();
    if (raw === null) return;
    setBusy(true);
    go('/c', { replace: true });
    await addUser(session, raw, signedIn, pin);
  };
  return (
    <div className="mx-auto flex max-w-[480px] flex-col gap-4 py-4">
      {user === null ? (
        <SignInForm bearer={session.bearer} title={t('lock.addUser')} onSignedIn={setUser}>
          <p className="text-text-2">{t('lock.addUserHelp')}</p>
        </SignInForm>
      ) : (
        <ChoosePin busy={busy} onChosen={(pin) => void finish(user, pin)} />
      )}
      <Link href="/c/me" className="flex min-h-12 items-center justify-center font-semibold text-accent">
        {t('action.cancel')}
      </Link>
    </div>
  );
}
