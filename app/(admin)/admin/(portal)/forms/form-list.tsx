'use client';
import { fieldsOf, readDefinition } from '../../../../../lib/form/definition.ts';
import { Badge } from '../../../../ui/badge.tsx';
import { Button, ButtonLink } from '../../../../ui/button.tsx';
import { Card } from '../../../../ui/card.tsx';
import { EmptyState } from '../../../../ui/empty-state.tsx';
import { List, ListRow } from '../../../../ui/list-row.tsx';
import { PageHeader } from '../../../../ui/page-header.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { useToast } from '../../../../ui/toast.tsx';
import { type FormShown, formName } from '../../../form-shown.ts';
import { Loaded } from '../../../loaded.tsx';
import { useMe } from '../../../me.ts';
import { ProblemBanner } from '../../../problem-banner.tsx';
import { useAsked, useSend } from '../../../use-asked.ts';

export function FormList() {
  const { t } = useText();
  const me = useMe();
  const toast = useToast();
  const asked = useAsked<{ forms: FormShown[] }>('/api/forms');
  const send = useSend<object>();
  const publish = () =>
    send.mutate({ path: '/api/forms/built-in' }, { onSuccess: () => toast({ title: t('forms.published') }) });
  return (
    <>
      <PageHeader
        title={t('forms.title')}
        actions={
          me.admin && (
            <>
              <Button icon="book" busy={send.isPending} onClick={publish}>
                {t('portal.publishBuiltIn')}
              </Button>
              <ButtonLink icon="upload" href="/admin/forms/import">
                {t('forms.import')}
              </ButtonLink>
            </>
          )
        }
      />
      <ProblemBanner fault={send.error} />
      <Loaded of={asked}>
        {({ forms }) =>
          forms.length === 0 ? (
            <EmptyState icon="form" title={t('forms.empty')}>
              {t('forms.emptyHelp')}
            </EmptyState>
          ) : (
            <div className="flex flex-col gap-6">
              <Group
                title={t('forms.registration')}
                forms={forms.filter(({ fields }) => fields.kind === 'registration')}
              />
              <Group title={t('forms.event')} forms={forms.filter(({ fields }) => fields.kind === 'event')} />
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function Group({ title, forms }: { title: string; forms: readonly FormShown[] }) {
  const { t, language } = useText();
  if (forms.length === 0) return null;
  return (
    <Card title={title} flush>
      <List label={title}>
        {forms.map((form) => {
          const read = readDefinition(form.currentVersion?.definition);
          const count = read.ok ? fieldsOf(read.definition).length : 0;
          const status = form.fields.status === 'published' ? 'forms.status.published' : 'forms.status.archived';
          return (
            <ListRow
              key={form.id}
              href={`/admin/forms/${form.id}`}
              title={<bdi>{formName(form, language)}</bdi>}
              detail={`${t('form.version', { number: form.currentVersion?.number ?? 0 })} · ${t('forms.questions', { count })}`}
              trail={<Badge tone={form.fields.status === 'published' ? 'success' : 'neutral'}>{t(status)}</Badge>}
            />
          );
        })}
      </List>
    </Card>
  );
}
