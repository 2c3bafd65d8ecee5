import { useEffect, useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import { type Enrolment, finishEnrolment, type SignedIn } from '../../device/enrol.ts';
import { askToKeepRecords } from '../../device/storage.ts';
import { Banner } from '../../ui/banner.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { LanguageChoice } from '../me/language-choice.tsx';
import { Alone } from './alone.tsx';
import { ChoosePin } from './choose-pin.tsx';
import { EnrolForm } from './enrol-form.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Three steps: the code, who you are, a PIN. The bearer stays in memory between them: a code works only once. */
export function NewPhone() {
  const { t } = useText();
  const [, params] = useRoute('/join/:code');
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [user, setUser] = useState<SignedIn | null>(null);
  useStayWhile(enrolment !== null);
  return (
    <Alone>
      {enrolment === null && <EnrolForm prefilled={params?.code ?? ''} onEnrolled={setEnrolment} />}
      {enrolment !== null && user === null && (
        <SignInForm bearer={enrolment.bearer} title={t('join.signInTitle')} onSignedIn={setUser}>
          <Banner tone="success" title={t('join.codeTaken')}>
            {t('join.codeTakenHelp')}
          </Banner>
        </SignInForm>
      )}
      {enrolment !== null && user !== null && <LastStep enrolment={enrolment} user={user} />}
      <div className="mt-auto pt-6">
        <LanguageChoice />
      </div>
    </Alone>
  );
}

/** Asks before the page is left while the used-up code is only in memory. */
function useStayWhile(needed: boolean): void {
  useEffect(() => {
    if (!needed) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [needed]);
}

function LastStep({ enrolment, user }: { enrolment: Enrolment; user: SignedIn }) {
  const { t } = useText();
  const [, go] = useLocation();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const finish = async (pin: string) => {
    setBusy(true);
    setFailed(false);
    try {
      void askToKeepRecords();
      go('/c', { replace: true });
      await finishEnrolment(enrolment, user, pin);
    } catch (fault) {
      reportError(fault);
      setFailed(true);
      setBusy(false);
    }
  };
  return (
    <>
      {failed && (
        <Banner tone="danger" title={t('storage.full')}>
          {t('join.notKeptHelp')}
        </Banner>
      )}
      <ChoosePin key={String(failed)} busy={busy} onChosen={(pin) => void finish(pin)} />
    </>
  );
}
