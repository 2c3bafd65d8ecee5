'use client';
import { ButtonLink } from '../../../../ui/button.tsx';
import { Card } from '../../../../ui/card.tsx';
import { EmptyState } from '../../../../ui/empty-state.tsx';
import { List, ListRow } from '../../../../ui/list-row.tsx';
import { PageHeader } from '../../../../ui/page-header.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { Loaded } from '../../../loaded.tsx';
import { mayIn, useMe } from '../../../me.ts';
import { useAsked } from '../../../use-asked.ts';
import { useClinics } from '../../../use-clinics.ts';
import { type DepartmentShown, departmentName } from './department-name.ts';

export function ClinicList() {
  const { t, language } = useText();
  const me = useMe();
  const { asked } = useClinics();
  const departments = useAsked<{ departments: DepartmentShown[] }>('/api/departments');
  const create = me.admin && (
    <ButtonLink look="primary" compact icon="plus" href="/admin/clinics/new">
      {t('clinic.create')}
    </ButtonLink>
  );
  return (
    <>
      <PageHeader title={t('rail.clinics')} actions={create} />
      <Loaded of={asked}>
        {({ clinics }) =>
          clinics.length === 0 ? (
            <EmptyState icon="clinic" title={t('clinic.empty')}>
              {t('clinic.emptyHelp')}
            </EmptyState>
          ) : (
            <Card flush>
              <List label={t('clinic.list')}>
                {clinics.map(({ id, fields }) => {
                  const own = (departments.data?.departments ?? []).filter((one) => one.fields.clinicId === id);
                  const names = own.map((one) => departmentName(one, language)).join(', ');
                  return (
                    <ListRow
                      key={id}
                      title={<bdi>{fields.name}</bdi>}
                      detail={[fields.code, fields.timeZone, names].filter(Boolean).join(' · ')}
                      {...(mayIn(me, 'clinic-admin', id) ? { href: `/admin/clinics/${id}` } : {})}
                    />
                  );
                })}
              </List>
            </Card>
          )
        }
      </Loaded>
    </>
  );
}
