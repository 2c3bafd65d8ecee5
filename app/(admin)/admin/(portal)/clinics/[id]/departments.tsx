'use client';
import { type FormEvent, useState } from 'react';
import { Button } from '../../../../../ui/button.tsx';
import { Card } from '../../../../../ui/card.tsx';
import { List, ListRow } from '../../../../../ui/list-row.tsx';
import { Switch } from '../../../../../ui/switch.tsx';
import { TextInput } from '../../../../../ui/text-input.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { useToast } from '../../../../../ui/toast.tsx';
import { ProblemBanner } from '../../../../problem-banner.tsx';
import { useAsked, useSend } from '../../../../use-asked.ts';
import { type DepartmentShown, departmentName } from '../department-name.ts';

const EMPTY = { name: '', canDispense: false, canTest: false, canImage: false };

export function Departments({ clinicId }: { clinicId: string }) {
  const { t, language } = useText();
  const toast = useToast();
  const asked = useAsked<{ departments: DepartmentShown[] }>('/api/departments');
  const send = useSend();
  const [typed, setTyped] = useState(EMPTY);
  const own = (asked.data?.departments ?? []).filter(({ fields }) => fields.clinicId === clinicId);
  const can = (one: DepartmentShown) =>
    [
      one.fields.canDispense && t('department.canDispense'),
      one.fields.canTest && t('department.canTest'),
      one.fields.canImage && t('department.canImage'),
    ].filter(Boolean);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { name, ...rest } = typed;
    send.mutate(
      { path: '/api/departments', body: { clinicId, name: { [language]: name }, order: own.length, ...rest } },
      {
        onSuccess: () => {
          setTyped(EMPTY);
          toast({ title: t('portal.departmentCreated') });
        },
      },
    );
  };
  return (
    <Card title={t('department.list')}>
      {own.length === 0 && <p className="text-text-2">{t('department.empty')}</p>}
      <List label={t('department.list')}>
        {own.map((one) => (
          <ListRow key={one.id} title={<bdi>{departmentName(one, language)}</bdi>} detail={can(one).join(' · ')} />
        ))}
      </List>
      <form className="mt-4 flex flex-col gap-2" onSubmit={submit}>
        <TextInput
          label={t('department.create')}
          value={typed.name}
          onChange={(name) => setTyped({ ...typed, name })}
          maxLength={120}
          required
        />
        <Switch
          label={t('department.canDispense')}
          checked={typed.canDispense}
          onChange={(canDispense) => setTyped({ ...typed, canDispense })}
        />
        <Switch
          label={t('department.canTest')}
          checked={typed.canTest}
          onChange={(canTest) => setTyped({ ...typed, canTest })}
        />
        <Switch
          label={t('department.canImage')}
          checked={typed.canImage}
          onChange={(canImage) => setTyped({ ...typed, canImage })}
        />
        <ProblemBanner fault={send.error} />
        <Button type="submit" icon="plus" busy={send.isPending}>
          {t('action.add')}
        </Button>
      </form>
    </Card>
  );
}
