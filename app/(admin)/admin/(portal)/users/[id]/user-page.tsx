'use client';
import { useState } from 'react';
import type { UserLine } from '../../../../../../db/postgres/list-users.ts';
import { codeLabel } from '../../../../../../lib/text/translate.ts';
import { Badge } from '../../../../../ui/badge.tsx';
import { Button } from '../../../../../ui/button.tsx';
import { Card } from '../../../../../ui/card.tsx';
import { Dialog } from '../../../../../ui/dialog.tsx';
import { PageHeader } from '../../../../../ui/page-header.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { useToast } from '../../../../../ui/toast.tsx';
import { Loaded } from '../../../../loaded.tsx';
import { useMe } from '../../../../me.ts';
import { ProblemBanner } from '../../../../problem-banner.tsx';
import { useAsked, useSend } from '../../../../use-asked.ts';
import { PasswordOnce } from '../password-once.tsx';
import { UserDetails } from './user-details.tsx';
import { UserPermissions } from './user-permissions.tsx';

export function UserPage({ id }: { id: string }) {
  const asked = useAsked<{ user: UserLine }>(`/api/users/${id}`);
  return <Loaded of={asked}>{({ user }) => <Page user={user} />}</Loaded>;
}

function Page({ user }: { user: UserLine }) {
  const { t } = useText();
  const me = useMe();
  const own = user.id === me.id;
  return (
    <div className="max-w-240">
      <PageHeader
        title={<bdi>{user.name}</bdi>}
        detail={
          <span className="flex flex-wrap items-center gap-2">
            <bdi>{user.username}</bdi>
            <span>{codeLabel(t, 'role', user.role)}</span>
            {user.deactivatedAt && <Badge tone="warning">{t('user.deactivated')}</Badge>}
          </span>
        }
        back={{ href: '/admin/users', label: t('action.back') }}
      />
      <div className="flex flex-col gap-6">
        {!own && <SignIn user={user} />}
        <UserDetails user={user} />
        <UserPermissions user={user} />
      </div>
    </div>
  );
}

/** Password and deactivation: what ends somebody's sign-in asks first. */
function SignIn({ user }: { user: UserLine }) {
  const { t } = useText();
  const toast = useToast();
  const [asking, setAsking] = useState<'password' | 'deactivate' | null>(null);
  const reset = useSend<{ password?: string }>();
  const edit = useSend();
  const deactivated = user.deactivatedAt !== null;
  const setPassword = () =>
    reset.mutate({ path: `/api/users/${user.id}/password` }, { onSettled: () => setAsking(null) });
  const setDeactivated = (value: boolean) =>
    edit.mutate(
      { method: 'PATCH', path: `/api/users/${user.id}`, body: { deactivated: value } },
      {
        onSuccess: () => {
          setAsking(null);
          toast({ title: t('user.saved') });
        },
      },
    );
  return (
    <Card title={t('signIn.title')}>
      <div className="flex flex-col gap-4">
        {reset.data?.password !== undefined && (
          <PasswordOnce username={user.username ?? ''} password={reset.data.password} />
        )}
        <ProblemBanner fault={reset.error ?? edit.error} />
        <div className="flex flex-wrap gap-3">
          <Button icon="lock" onClick={() => setAsking('password')}>
            {t('user.setPassword')}
          </Button>
          {deactivated ? (
            <Button busy={edit.isPending} onClick={() => setDeactivated(false)}>
              {t('user.reactivate')}
            </Button>
          ) : (
            <Button look="danger" onClick={() => setAsking('deactivate')}>
              {t('user.deactivate')}
            </Button>
          )}
        </div>
      </div>
      <Dialog
        open={asking === 'deactivate'}
        onOpenChange={(open) => !open && setAsking(null)}
        title={t('user.deactivateTitle', { name: user.name })}
        description={t('user.deactivateHelp')}
        closeText={t('action.close')}
        actions={
          <>
            <Button look="danger" busy={edit.isPending} onClick={() => setDeactivated(true)}>
              {t('user.deactivate')}
            </Button>
            <Button onClick={() => setAsking(null)}>{t('action.cancel')}</Button>
          </>
        }
      />
      <Dialog
        open={asking === 'password'}
        onOpenChange={(open) => !open && setAsking(null)}
        title={t('user.setPassword')}
        description={t('portal.resetHelp', { name: user.name })}
        closeText={t('action.close')}
        actions={
          <>
            <Button look="primary" compact busy={reset.isPending} onClick={setPassword}>
              {t('action.confirm')}
            </Button>
            <Button onClick={() => setAsking(null)}>{t('action.cancel')}</Button>
          </>
        }
      />
    </Card>
  );
}
