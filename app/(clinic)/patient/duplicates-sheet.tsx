import type { PatientCard } from '../../../lib/domain/patient/patient-card.ts';
import type { LikelyDuplicate } from '../../../lib/search/duplicates.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { REASON_LABELS } from './duplicate-candidate.ts';
import { PatientRow } from './patient-row.tsx';

export interface Duplicate {
  readonly card: PatientCard;
  readonly match: LikelyDuplicate;
}

/** The people on this phone who look alike, with the reasons, before a second record is made of one of them. */
export function DuplicatesSheet({
  found,
  onRegister,
  onClose,
}: {
  found: readonly Duplicate[];
  onRegister: () => void;
  onClose: () => void;
}) {
  const { t } = useText();
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('duplicate.title')}
      description={t('duplicate.help', { count: found.length })}
      closeText={t('action.close')}
      actions={
        <>
          <Button look="primary" compact onClick={onRegister}>
            {t('duplicate.registerAnyway')}
          </Button>
          <Button onClick={onClose}>{t('action.back')}</Button>
        </>
      }
    >
      <ul className="flex flex-col gap-4">
        {found.map(({ card, match }) => (
          <li key={card.id} className="overflow-hidden rounded-3 border border-border">
            <PatientRow card={card} />
            <div className="flex flex-wrap gap-2 px-4 pb-3">
              {match.reasons.map((reason) => (
                <Badge key={reason} tone={match.strong ? 'warning' : 'neutral'}>
                  {t(REASON_LABELS[reason])}
                </Badge>
              ))}
            </div>
            <div className="border-t border-border p-2">
              <ButtonLink href={`/c/patients/${card.id}`} look="quiet" wide>
                {t('duplicate.same')}
              </ButtonLink>
            </div>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
