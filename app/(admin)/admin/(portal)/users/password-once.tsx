'use client';
import { Banner } from '../../../../ui/banner.tsx';
import { Button } from '../../../../ui/button.tsx';
import { CodeText } from '../../../../ui/code-text.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { useToast } from '../../../../ui/toast.tsx';

/** A password that the server made, shown this once. */
export function PasswordOnce({ username, password }: { username: string; password: string }) {
  const { t } = useText();
  const toast = useToast();
  const copy = async () => {
    await navigator.clipboard.writeText(password);
    toast({ title: t('app.copied') });
  };
  return (
    <Banner
      tone="success"
      title={t('portal.passwordOnce')}
      action={<Button onClick={() => void copy()}>{t('action.copy')}</Button>}
    >
      <p>{t('user.firstPasswordHelp')}</p>
      <p className="mt-2 text-lg">
        <bdi>{username}</bdi> ·{' '}
        <strong data-testid="password">
          <CodeText>{password}</CodeText>
        </strong>
      </p>
    </Banner>
  );
}
