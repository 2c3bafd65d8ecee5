import type { PatientCard } from '../../../lib/domain/patient/patient-card.ts';
import { formatDate } from '../../../lib/text/format.ts';
import { codeLabel } from '../../../lib/text/translate.ts';
import { Badge } from '../../ui/badge.tsx';
import { Link } from '../../ui/link.tsx';
import { Initials } from '../../ui/list-row.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useAllowed, useClinicRecords } from '../clinic/clinic-records.tsx';
import { ageShort } from './age-text.ts';
import { initials, patientName } from './patient-name.ts';

/** One patient of a list: who, how old, from where, last seen; and whether it is only on this phone. */
export function PatientRow({ card }: { card: PatientCard }) {
  const { t, language } = useText();
  const { today } = useClinicRecords();
  const toDecide = useAllowed('view-history') && card.openConflicts > 0;
  const name = patientName(card) ?? t('patient.unnamed');
  const about = [
    ageShort(t, card, today),
    codeLabel(t, 'sex', card.sex),
    card.village ?? card.camp,
    card.lastVisitOn && t('patient.lastVisit', { when: formatDate(language, card.lastVisitOn) }),
  ].filter((part) => part !== null);
  return (
    <Link
      href={`/c/patients/${card.id}`}
      className="flex min-h-[75px] items-center gap-3 px-4 py-2 transition-colors hover:bg-surface-3 active:bg-accent-soft"
    >
      <Initials text={initials(name)} />
      <span className="min-w-0 grow">
        <span className="block truncate font-semibold">
          <bdi>{name}</bdi>
        </span>
        <span className="block text-sm text-text-2">
          {about.map((part, index) => (
            <span key={String(index)}>
              {index > 0 && ' · '}
              <bdi>{part}</bdi>
            </span>
          ))}
        </span>
        {(card.unsent || card.deceased || toDecide) && (
          <span className="flex flex-wrap gap-1 pt-1">
            {toDecide && (
              <Badge tone="warning" icon="warning">
                {t('attention.mark.short')}
              </Badge>
            )}
            {card.deceased && <Badge>{t('patient.deceased')}</Badge>}
            {card.unsent && (
              <Badge tone="warning" icon="phone">
                {t('sync.state.phoneOnly')}
              </Badge>
            )}
          </span>
        )}
      </span>
    </Link>
  );
}
