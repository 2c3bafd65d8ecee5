import { useState } from 'react';
import { useIndexStatus } from '../../device/workers.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useAllowed } from '../clinic/clinic-records.tsx';
import { DraftList } from '../form/draft-list.tsx';
import { CardHint } from './break-glass-hint.tsx';
import { PatientList } from './patient-list.tsx';
import { useFoundPatients } from './use-found-patients.ts';

/** The first screen: one box over every patient of the clinic, the recent ones before anything is typed. */
export function PatientsScreen() {
  const { t } = useText();
  const [query, setQuery] = useState('');
  const { ready, patients } = useIndexStatus();
  const found = useFoundPatients(query);
  const mayRegister = useAllowed('register-patients');
  const searching = query.trim() !== '';
  const status =
    found === null || !ready
      ? t('patient.searching')
      : searching
        ? t('patient.found', { count: found.length })
        : t('patient.count', { count: patients });
  return (
    <>
      <div className="flex flex-col gap-3 pt-4">
        <h1 className="sr-only">{t('patient.list')}</h1>
        <SearchBox
          label={t('patient.search')}
          placeholder={t('patient.searchHint')}
          value={query}
          onChange={setQuery}
          clearText={t('action.clear')}
          status={status}
        />
        {mayRegister && (
          <ButtonLink href="/c/register" look="primary" icon="user-add" wide>
            {t('patient.register')}
          </ButtonLink>
        )}
        {searching && found?.length === 0 && <CardHint query={query} />}
        {!searching && <DraftList />}
      </div>
      {found === null || (!ready && found.length === 0) ? (
        <Skeleton label={t('app.loading')} lines={6} />
      ) : found.length > 0 ? (
        <section aria-labelledby="found">
          <h2 id="found" className="pb-2 text-sm font-semibold text-text-2">
            {searching ? t('patient.list') : t('patient.recent')}
          </h2>
          <PatientList cards={found} />
        </section>
      ) : searching ? (
        <EmptyState
          icon="search"
          title={t('patient.notFound', { query: query.trim() })}
          action={<Button onClick={() => setQuery('')}>{t('action.clear')}</Button>}
        >
          {t('patient.notFoundHelp')}
        </EmptyState>
      ) : (
        <EmptyState icon="patients" title={t('patient.empty')}>
          {mayRegister ? t('patient.emptyHelp') : t('patient.emptyNoRight')}
        </EmptyState>
      )}
    </>
  );
}
