import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useText } from '../../ui/text-provider.tsx';

/** In place of what waited for a decision: somebody made it, or it is not for this user. */
export function NothingToDecide() {
  const { t } = useText();
  return (
    <>
      <PageHeader title={t('attention.title')} back={{ href: '/c/sync/attention', label: t('action.back') }} />
      <EmptyState icon="check" title={t('attention.nothingToDecide')}>
        {t('attention.nothingToDecideHelp')}
      </EmptyState>
    </>
  );
}
