'use client';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Banner } from '../../../ui/banner.tsx';
import { Button, ButtonLink } from '../../../ui/button.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { useText } from '../../../ui/text-provider.tsx';
import { Alone } from '../../alone.tsx';
import { ask, problemOf } from '../../ask.ts';
import { MIN_PASSWORD } from '../../password-rule.ts';
import { ProblemBanner } from '../../problem-banner.tsx';
import { useSend } from '../../use-asked.ts';

const EMPTY = { organisation: '', name: '', username: '', password: '' };

/** Behind the one-time link that the server prints: its secret stands after `#` and is never in a log. */
export function FirstAdministratorForm() {
  const { t, language } = useText();
  const router = useRouter();
  const [typed, setTyped] = useState(EMPTY);
  const send = useSend<object>();
  const problem = problemOf(send.error);
  const change = (part: Partial<typeof EMPTY>) => setTyped({ ...typed, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { organisation, name, username, password } = typed;
    const tidy = (text: string) => text.normalize('NFC').trim();
    const token = location.hash.slice(1) || 'none-was-given-in-the-link';
    const names = { organisation: tidy(organisation), name: tidy(name), username: tidy(username) };
    send.mutate(
      { path: '/api/first-administrator', body: { token, ...names, password, language } },
      {
        onSuccess: async () => {
          await ask('POST', '/api/login', { username, password });
          router.replace('/admin');
        },
      },
    );
  };
  const used = problem?.code === 'gone' || problem?.field === 'token';
  const wrongAt = (field: string) => (problem?.field === field ? t('refusal.invalid.remedy') : undefined);
  return (
    <Alone title={t('firstAdmin.title')}>
      {used ? (
        <Banner
          tone="warning"
          title={t('firstAdmin.linkUsed')}
          action={<ButtonLink href="/admin/sign-in">{t('action.signIn')}</ButtonLink>}
        >
          {t('firstAdmin.linkUsedHelp')}
        </Banner>
      ) : (
        <p className="text-text-2">{t('firstAdmin.intro')}</p>
      )}
      <form className="flex flex-col gap-4" onSubmit={submit}>
        {!used && <ProblemBanner fault={send.error} />}
        <TextInput
          label={t('firstAdmin.organisation')}
          value={typed.organisation}
          onChange={(organisation) => change({ organisation })}
          maxLength={120}
          required
          error={wrongAt('organisation')}
        />
        <TextInput
          label={t('firstAdmin.name')}
          value={typed.name}
          onChange={(name) => change({ name })}
          autoComplete="name"
          maxLength={120}
          required
          error={wrongAt('name')}
        />
        <TextInput
          label={t('signIn.username')}
          value={typed.username}
          onChange={(username) => change({ username })}
          autoComplete="username"
          autoCapitalize="none"
          maxLength={64}
          required
          error={wrongAt('username')}
        />
        <TextInput
          label={t('signIn.password')}
          hint={t('signIn.passwordRule', { length: MIN_PASSWORD })}
          type="password"
          value={typed.password}
          onChange={(password) => change({ password })}
          autoComplete="new-password"
          minLength={MIN_PASSWORD}
          required
          error={wrongAt('password')}
        />
        <Button type="submit" look="primary" wide busy={send.isPending} busyText={t('app.working')}>
          {t('firstAdmin.create')}
        </Button>
      </form>
    </Alone>
  );
}
