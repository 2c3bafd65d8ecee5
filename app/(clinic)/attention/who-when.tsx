import { Fragment } from 'react';
import { formatInstant } from '../../../lib/text/format.ts';
import { useText } from '../../ui/text-provider.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';

/** Who, one or several, and when; each name stands by itself, whatever direction it is written in. */
export function WhoWhen({ authors, at }: { authors: readonly string[]; at: string }) {
  const { t, language } = useText();
  const { users, timeZone } = useClinicRecords();
  const names = authors.map((author) => users.get(author) ?? t('app.unknown'));
  return (
    <span className="block">
      {names.map((name, index) => (
        <Fragment key={String(index)}>
          <bdi>{name}</bdi>
          {' · '}
        </Fragment>
      ))}
      <bdi>{at !== '' && formatInstant(language, at, timeZone)}</bdi>
    </span>
  );
}
