'use client';
import { type FormEvent, useState } from 'react';
import { type Flag, ROLE_TEMPLATES, type Role } from '../../../../../../lib/access/actor.ts';
import { languageNames, languages } from '../../../../../../lib/text/languages.ts';
import { codeLabel } from '../../../../../../lib/text/translate.ts';
import { Button, ButtonLink } from '../../../../../ui/button.tsx';
import { Card } from '../../../../../ui/card.tsx';
import { PageHeader } from '../../../../../ui/page-header.tsx';
import { Select } from '../../../../../ui/select.tsx';
import { TextInput } from '../../../../../ui/text-input.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { problemOf } from '../../../../ask.ts';
import { mayIn, useMe } from '../../../../me.ts';
import { MIN_PASSWORD } from '../../../../password-rule.ts';
import { ProblemBanner } from '../../../../problem-banner.tsx';
import { useSend } from '../../../../use-asked.ts';
import { useClinics } from '../../../../use-clinics.ts';
import { FlagMatrix, type Granted } from '../flag-matrix.tsx';
import { PasswordOnce } from '../password-once.tsx';
import { rolesGivenBy } from '../roles-given-by.ts';

interface Made {
  readonly id: string;
  readonly username: string;
  readonly password?: string;
}

export function NewUser() {
  const { t } = useText();
  const [made, setMade] = useState<Made | null>(null);
  return (
    <div className="max-w-240">
      <PageHeader title={t('user.create')} back={{ href: '/admin/users', label: t('action.back') }} />
      {made === null ? <Fields onMade={setMade} /> : <Done made={made} onNext={() => setMade(null)} />}
    </div>
  );
}

function Done({ made, onNext }: { made: Made; onNext: () => void }) {
  const { t } = useText();
  return (
    <div className="flex flex-col gap-4">
      <p role="status" className="text-lg font-semibold">
        {t('user.created')}
      </p>
      {made.password !== undefined && <PasswordOnce username={made.username} password={made.password} />}
      <div className="flex flex-wrap gap-3">
        <ButtonLink look="primary" href={`/admin/users/${made.id}`}>
          {t('action.open')}
        </ButtonLink>
        <Button icon="user-add" onClick={onNext}>
          {t('user.create')}
        </Button>
      </div>
    </div>
  );
}

const EMPTY = { name: '', username: '', password: '', role: 'provider' as Role, clinicId: null as string | null };

function Fields({ onMade }: { onMade: (made: Made) => void }) {
  const { t, language } = useText();
  const me = useMe();
  const all = useClinics().clinics;
  const clinics = all.filter(({ id }) => mayIn(me, 'clinic-admin', id));
  const [typed, setTyped] = useState({ ...EMPTY, language: language as string });
  const [granted, setGranted] = useState<Granted>({});
  const send = useSend<Made>();
  const field = problemOf(send.error)?.field;
  const change = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part });
  // The usual flags of the role in the home clinic; whoever grants may change them.
  const choose = (role: Role, clinicId: string | null) => {
    change({ role, clinicId });
    if (clinicId !== null) setGranted({ ...granted, [clinicId]: ROLE_TEMPLATES[role] });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const grants = Object.entries(granted)
      .filter(([, flags]) => flags.length > 0)
      .map(([clinicId, flags]) => ({ clinicId, flags }));
    const { password, ...rest } = typed;
    const body = { ...rest, ...(password === '' ? {} : { password }), grants };
    send.mutate({ path: '/api/users', body }, { onSuccess: onMade });
  };
  const error = (name: string) => (field === name ? t('refusal.invalid.remedy') : undefined);
  const taken = problemOf(send.error)?.code === 'already-exists';
  return (
    <form className="flex flex-col gap-6" onSubmit={submit}>
      <div className="grid grid-cols-1 gap-4 md:grid-cols-2">
        <TextInput
          label={t('user.name')}
          value={typed.name}
          onChange={(name) => change({ name })}
          maxLength={120}
          required
          requiredText={t('app.required')}
          error={error('name')}
        />
        <TextInput
          label={t('user.username')}
          value={typed.username}
          onChange={(username) => change({ username })}
          maxLength={64}
          autoCapitalize="none"
          required
          requiredText={t('app.required')}
          error={taken ? t('user.usernameTaken') : error('username')}
        />
        <Select
          label={t('user.role')}
          value={typed.role}
          onChange={(role) => choose((role ?? 'viewer') as Role, typed.clinicId)}
          emptyText={t('action.select')}
          options={rolesGivenBy(me).map((role) => ({ value: role, label: codeLabel(t, 'role', role) }))}
        />
        <Select
          label={t('user.clinic')}
          value={typed.clinicId}
          onChange={(clinicId) => choose(typed.role, clinicId)}
          emptyText={t('clinic.choose')}
          required={!me.admin}
          options={clinics.map(({ id, fields }) => ({ value: id, label: fields.name }))}
        />
        <Select
          label={t('app.language')}
          value={typed.language}
          onChange={(value) => change({ language: value ?? 'en' })}
          emptyText={t('action.select')}
          options={languages.map((value) => ({ value, label: languageNames[value] }))}
        />
        <TextInput
          label={t('user.firstPassword')}
          hint={t('portal.passwordMadeHint', { length: MIN_PASSWORD })}
          value={typed.password}
          onChange={(password) => change({ password })}
          minLength={MIN_PASSWORD}
          autoComplete="new-password"
          optionalText={t('app.optional')}
          error={error('password')}
        />
      </div>
      <Card title={t('permission.title')} flush>
        <FlagMatrix
          clinics={clinics.map(({ id, fields }) => ({ id, name: fields.name }))}
          granted={granted}
          onChange={(clinicId: string, flags: readonly Flag[]) => setGranted({ ...granted, [clinicId]: flags })}
          mayGive={(flag, clinicId) => mayIn(me, flag, clinicId)}
        />
      </Card>
      {!taken && <ProblemBanner fault={send.error} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="primary" busy={send.isPending} busyText={t('app.working')}>
          {t('action.create')}
        </Button>
        <ButtonLink href="/admin/users">{t('action.cancel')}</ButtonLink>
      </div>
    </form>
  );
}
