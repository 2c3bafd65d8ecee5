import { useState } from 'react';
import { useLocation } from 'wouter';
import { type Enrolment, finishReconnecting, reconnect } from '../../device/enrol.ts';
import { useSession } from '../../device/phone.ts';
import { useOutboxCounts } from '../../device/watch.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { CodeQuestion } from '../device/code-question.tsx';
import { CodeRefusal } from '../device/code-refusal.tsx';
import { SignInForm } from '../device/sign-in-form.tsx';
import { useEnrolmentCode } from '../device/use-enrolment-code.ts';

/** Code, then user name and password, as on a new phone: but everything on this one stays, and what waits is sent. */
export function ConnectAgainScreen() {
  const { t } = useText();
  const session = useSession();
  const [, go] = useLocation();
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const finish = async (taken: Enrolment) => {
    await finishReconnecting(session, taken);
    go('/c/sync', { replace: true });
  };
  return (
    <div className="mx-auto flex max-w-[480px] flex-col gap-4 py-4">
      {enrolment === null && (
        <PageHeader title={t('sync.connectAgain')} back={{ href: '/c/sync', label: t('action.back') }} />
      )}
      <WorkIsKept />
      {enrolment === null ? (
        <NewCode onTaken={setEnrolment} />
      ) : (
        <SignInForm bearer={enrolment.bearer} title={t('join.signInTitle')} onSignedIn={() => void finish(enrolment)}>
          <Banner tone="success" title={t('join.codeTaken')}>
            {t('join.codeTakenHelp')}
          </Banner>
        </SignInForm>
      )}
    </div>
  );
}

function WorkIsKept() {
  const { t } = useText();
  const counts = useOutboxCounts();
  if (counts === undefined) return null;
  return <Banner title={t('sync.workKept', { count: counts.unsent })}>{t('sync.workKeptHelp')}</Banner>;
}

function NewCode({ onTaken }: { onTaken: (enrolment: Enrolment) => void }) {
  const { t } = useText();
  const session = useSession();
  const asked = useEnrolmentCode('', (code) => reconnect(session, code), onTaken);
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => void asked.submit(event)}>
      <p>{t('sync.connectAgainHelp')}</p>
      {asked.refusal?.code === 'forbidden' ? (
        <Banner tone="danger" title={t('sync.notKnown')}>
          {t('sync.notKnownHelp')}
        </Banner>
      ) : (
        <CodeRefusal refusal={asked.refusal} />
      )}
      <CodeQuestion value={asked.code} onChange={asked.setCode} />
      <Button type="submit" look="primary" wide busy={asked.busy} busyText={t('app.working')} disabled={!asked.isWhole}>
        {t('action.continue')}
      </Button>
    </form>
  );
}
