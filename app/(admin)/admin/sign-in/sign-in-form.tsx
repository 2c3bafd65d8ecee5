'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { languageOf } from '../../../../lib/text/languages.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { useText } from '../../../ui/text-provider.tsx';
import { Alone } from '../../alone.tsx';
import { problemOf } from '../../ask.ts';
import { ProblemBanner } from '../../problem-banner.tsx';
import { useSend } from '../../use-asked.ts';

interface SignedIn {
  readonly user: { readonly language: string };
  readonly mustChange: boolean;
}

export function SignInForm() {
  const { t, setLanguage } = useText();
  const router = useRouter();
  const client = useQueryClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const send = useSend<SignedIn>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(
      { path: '/api/login', body: { username, password } },
      {
        onSuccess: ({ user, mustChange }) => {
          // Of whoever was signed in before, nothing is shown.
          client.clear();
          const language = languageOf(user.language);
          if (language !== null) setLanguage(language);
          router.replace(mustChange ? '/admin/password' : '/admin');
        },
      },
    );
  };
  const wrong = problemOf(send.error)?.code === 'unauthenticated';
  return (
    <Alone title={t('signIn.title')}>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        {wrong && (
          <Banner tone="danger" title={t('signIn.failed')}>
            {t('signIn.failedHelp')}
          </Banner>
        )}
        {!wrong && <ProblemBanner fault={send.error} />}
        <TextInput
          label={t('signIn.username')}
          value={username}
          onChange={setUsername}
          autoComplete="username"
          autoCapitalize="none"
          required
        />
        <TextInput
          label={t('signIn.password')}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          required
        />
        <Button type="submit" look="primary" wide busy={send.isPending} busyText={t('app.working')}>
          {t('action.signIn')}
        </Button>
      </form>
    </Alone>
  );
}
