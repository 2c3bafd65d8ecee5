'use client';
import { type FormEvent, useState } from 'react';
import type { UserLine } from '../../../../../../db/postgres/list-users.ts';
import { languageNames, languages } from '../../../../../../lib/text/languages.ts';
import { codeLabel } from '../../../../../../lib/text/translate.ts';
import { Button } from '../../../../../ui/button.tsx';
import { Card } from '../../../../../ui/card.tsx';
import { Select } from '../../../../../ui/select.tsx';
import { TextInput } from '../../../../../ui/text-input.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { useToast } from '../../../../../ui/toast.tsx';
import { problemOf } from '../../../../ask.ts';
import { useMe } from '../../../../me.ts';
import { ProblemBanner } from '../../../../problem-banner.tsx';
import { useSend } from '../../../../use-asked.ts';
import { useClinics } from '../../../../use-clinics.ts';
import { rolesGivenBy } from '../roles-given-by.ts';

export function UserDetails({ user }: { user: UserLine }) {
  const { t } = useText();
  const toast = useToast();
  const me = useMe();
  const { clinics } = useClinics();
  const send = useSend();
  const [typed, setTyped] = useState({
    name: user.name,
    role: user.role,
    language: user.language ?? 'en',
    clinicId: user.clinicId,
  });
  const change = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part });
  const roles = [...new Set([...rolesGivenBy(me), user.role])];
  const field = problemOf(send.error)?.field;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(
      { method: 'PATCH', path: `/api/users/${user.id}`, body: typed },
      { onSuccess: () => toast({ title: t('user.saved') }) },
    );
  };
  return (
    <Card title={t('patient.details')}>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <TextInput
          label={t('user.name')}
          value={typed.name}
          onChange={(name) => change({ name })}
          maxLength={120}
          required
          error={field === 'name' ? t('refusal.invalid.remedy') : undefined}
        />
        <Select
          label={t('user.role')}
          value={typed.role}
          onChange={(role) => change({ role: role ?? user.role })}
          emptyText={t('action.select')}
          options={roles.map((role) => ({ value: role, label: codeLabel(t, 'role', role) }))}
        />
        <Select
          label={t('user.clinic')}
          value={typed.clinicId}
          onChange={(clinicId) => change({ clinicId })}
          emptyText={t('app.none')}
          options={clinics.map(({ id, fields }) => ({ value: id, label: fields.name }))}
        />
        <Select
          label={t('app.language')}
          value={typed.language}
          onChange={(language) => change({ language: language ?? 'en' })}
          emptyText={t('action.select')}
          options={languages.map((value) => ({ value, label: languageNames[value] }))}
        />
        <ProblemBanner fault={send.error} />
        <Button type="submit" look="primary" compact busy={send.isPending} busyText={t('app.working')}>
          {t('action.save')}
        </Button>
      </form>
    </Card>
  );
}
