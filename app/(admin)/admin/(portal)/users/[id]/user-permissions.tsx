'use client';
import { useState } from 'react';
import type { UserLine } from '../../../../../../db/postgres/list-users.ts';
import { FLAGS, ROLE_TEMPLATES, type Role } from '../../../../../../lib/access/actor.ts';
import { Banner } from '../../../../../ui/banner.tsx';
import { Button } from '../../../../../ui/button.tsx';
import { Card } from '../../../../../ui/card.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { useToast } from '../../../../../ui/toast.tsx';
import { mayIn, useMe } from '../../../../me.ts';
import { ProblemBanner } from '../../../../problem-banner.tsx';
import { useSend } from '../../../../use-asked.ts';
import { useClinics } from '../../../../use-clinics.ts';
import { FlagMatrix, type Granted } from '../flag-matrix.tsx';

/** The matrix of what a user may do where; each changed clinic is saved as one change. */
export function UserPermissions({ user }: { user: UserLine }) {
  const { t } = useText();
  const toast = useToast();
  const me = useMe();
  const all = useClinics().clinics;
  const own = user.id === me.id && !me.admin;
  const clinics = all.filter(({ id }) => mayIn(me, 'clinic-admin', id));
  const [granted, setGranted] = useState<Granted>(() => grantedTo(user));
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  const send = useSend();
  const change = (clinicId: string, flags: Granted[string]) => {
    setGranted({ ...granted, [clinicId]: flags });
    setChanged(new Set([...changed, clinicId]));
  };
  const save = async () => {
    for (const clinicId of changed) {
      const body = { clinicId, flags: granted[clinicId] ?? [] };
      await send.mutateAsync({ method: 'PUT', path: `/api/users/${user.id}/permissions`, body });
    }
    setChanged(new Set());
    toast({ title: t('permission.saved') });
  };
  const takeTemplate = () => {
    for (const { id } of clinics) if (user.clinicId === id) change(id, ROLE_TEMPLATES[user.role as Role]);
  };
  return (
    <Card
      title={t('permission.title')}
      flush
      action={
        !own &&
        user.clinicId !== null && (
          <Button look="quiet" onClick={takeTemplate}>
            {t('permission.template')}
          </Button>
        )
      }
    >
      {own && <Banner tone="info" title={t('permission.notOwn')} />}
      <FlagMatrix
        clinics={clinics.map(({ id, fields }) => ({ id, name: fields.name }))}
        granted={granted}
        onChange={change}
        mayGive={(flag, clinicId) => mayIn(me, flag, clinicId)}
        disabled={own}
      />
      <div className="flex flex-col gap-3 p-4">
        <ProblemBanner fault={send.error} />
        <Button
          look="primary"
          compact
          disabled={changed.size === 0}
          busy={send.isPending}
          busyText={t('app.working')}
          onClick={() => void save().catch(() => undefined)}
        >
          {t('action.save')}
        </Button>
      </div>
    </Card>
  );
}

function grantedTo({ flags }: UserLine): Granted {
  return Object.fromEntries(
    Object.entries(flags).map(([clinicId, held]) => [clinicId, FLAGS.filter((flag) => held[flag] === true)]),
  );
}
