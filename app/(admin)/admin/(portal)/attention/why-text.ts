import { refusalText, type Translate } from '../../../../../lib/text/translate.ts';

/** A refusal in words for whoever decides about it; those of the phone speak to the author. */
export function whyText(t: Translate, code: string): { title: string; remedy: string } {
  const { title } = refusalText(t, code);
  if (code === 'forbidden')
    return { title: t('portalAttention.authorForbidden'), remedy: t('portalAttention.authorForbiddenHelp') };
  const remedy = t(
    code === 'not-in-your-clinic' ? 'portalAttention.authorForbiddenHelp' : 'portalAttention.contentHelp',
  );
  return { title, remedy };
}
