'use client';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Button, ButtonLink } from '../../../ui/button.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { useText } from '../../../ui/text-provider.tsx';
import { useToast } from '../../../ui/toast.tsx';
import { Alone } from '../../alone.tsx';
import { problemOf } from '../../ask.ts';
import { MainServerBanner } from '../../main-server-banner.tsx';
import type { Me } from '../../me.ts';
import { MIN_PASSWORD } from '../../password-rule.ts';
import { ProblemBanner } from '../../problem-banner.tsx';
import { useAsked, useSend } from '../../use-asked.ts';

/** One's own password: needed after a first sign-in, possible at any time. */
export function PasswordForm() {
  const { t } = useText();
  const router = useRouter();
  const toast = useToast();
  const me = useAsked<Me>('/api/me');
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const send = useSend<object>();
  const field = problemOf(send.error)?.field;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(
      { path: '/api/me/password', body: { current, password } },
      {
        onSuccess: () => {
          toast({ title: t('signIn.passwordChanged') });
          router.replace('/admin');
        },
      },
    );
  };
  const forced = me.data?.mustChange === true;
  return (
    <Alone title={forced ? t('signIn.mustChange') : t('portal.changePassword')}>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        {me.data && <MainServerBanner me={me.data} path="/admin/password" />}
        {field === undefined && <ProblemBanner fault={send.error} />}
        <TextInput
          label={t('portal.currentPassword')}
          type="password"
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
          required
          error={field === 'current' ? t('portal.currentPasswordWrong') : undefined}
        />
        <TextInput
          label={t('signIn.newPassword')}
          hint={t('signIn.passwordRule', { length: MIN_PASSWORD })}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          minLength={MIN_PASSWORD}
          required
          error={field === 'password' ? t('portal.passwordRefused') : undefined}
        />
        <Button type="submit" look="primary" wide busy={send.isPending} busyText={t('app.working')}>
          {t('action.save')}
        </Button>
        {!forced && <ButtonLink href="/admin">{t('action.cancel')}</ButtonLink>}
      </form>
    </Alone>
  );
}
