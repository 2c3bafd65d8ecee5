import { readCardText } from '../../../lib/domain/human-code.ts';
import { Banner } from '../../ui/banner.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { useText } from '../../ui/text-provider.tsx';

/**
 * What a card says that was typed or pasted into the search and found nobody. A link or an id names its patient; a
 * number only counts among those who are here: it is what is left of the id, and the id cannot be told from it.
 */
export function CardHint({ query }: { query: string }) {
  const { t } = useText();
  const card = readCardText(query);
  if (card === null) return null;
  if (card.kind === 'code')
    return <Banner title={t('breakGlass.codeUnknown')}>{t('breakGlass.codeUnknownHelp')}</Banner>;
  return (
    <Banner
      title={t('breakGlass.card')}
      action={<ButtonLink href={`/c/patients/${card.id}`}>{t('breakGlass.openCard')}</ButtonLink>}
    />
  );
}
