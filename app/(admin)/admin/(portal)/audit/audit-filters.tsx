'use client';
import { useState } from 'react';
import type { UserLine } from '../../../../../db/postgres/list-users.ts';
import { DateInput } from '../../../../ui/date-input.tsx';
import { Select } from '../../../../ui/select.tsx';
import { TextInput } from '../../../../ui/text-input.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { useAsked } from '../../../use-asked.ts';
import { useClinics } from '../../../use-clinics.ts';
import { type AuditFilters, patientIn } from './audit-filter.ts';

/** By clinic, user, patient and day; each narrows what the others leave. */
export function AuditFilterFields({
  value,
  onChange,
}: {
  value: AuditFilters;
  onChange: (value: AuditFilters) => void;
}) {
  const { t } = useText();
  const { clinics } = useClinics();
  const wrong = value.patient.trim() !== '' && patientIn(value) === null;
  return (
    <div className="grid grid-cols-1 items-start gap-4 sm:grid-cols-2 lg:grid-cols-4">
      <Select
        label={t('clinic.one')}
        emptyText={t('dashboard.allClinics')}
        options={clinics.map(({ id, fields }) => ({ value: id, label: fields.name }))}
        value={value.clinicId}
        onChange={(clinicId) => onChange({ ...value, clinicId })}
      />
      <UserFilter value={value.userId} onChange={(userId) => onChange({ ...value, userId })} />
      <TextInput
        label={t('audit.patientFilter')}
        hint={t('audit.patientFilterHint')}
        error={wrong ? t('audit.patientFilterWrong') : undefined}
        dir="ltr"
        value={value.patient}
        onChange={(patient) => onChange({ ...value, patient })}
      />
      <DateInput label={t('audit.day')} value={value.day} onChange={(day) => onChange({ ...value, day })} />
    </div>
  );
}

/** One of the users; a box to find him by name where there are more than one page of them. */
function UserFilter({ value, onChange }: { value: string | null; onChange: (userId: string | null) => void }) {
  const { t } = useText();
  const [search, setSearch] = useState('');
  const all = useAsked<{ users: UserLine[]; next: unknown }>('/api/users');
  const narrowed = useAsked<{ users: UserLine[] }>(`/api/users?search=${encodeURIComponent(search.slice(0, 100))}`, {
    enabled: search.trim() !== '',
  });
  const users = (search.trim() === '' ? all.data : narrowed.data)?.users ?? [];
  const many = (all.data?.next ?? null) !== null;
  return (
    <div className="flex flex-col gap-2">
      <Select
        label={t('user.one')}
        emptyText={t('audit.allUsers')}
        options={users.map(({ id, name }) => ({ value: id, label: name ?? t('app.unknown') }))}
        value={value}
        onChange={onChange}
      />
      {many && <TextInput label={t('portal.searchUsers')} value={search} onChange={setSearch} />}
    </div>
  );
}
