import { refusalText, type Translate } from '../../../lib/text/translate.ts';
import type { RunRefusal } from '../../device/run-command.ts';

/** What was refused and what to do. Nothing typed is lost by a refusal. */
export function refusalWords(t: Translate, { kind, field }: RunRefusal): { title: string; remedy: string } {
  if (kind === 'storage-full') return { title: t('storage.full'), remedy: t('storage.fullHelp') };
  if (kind === 'database-closed') return { title: t('database.closed'), remedy: t('database.closedHelp') };
  if (kind === 'invalid' && field === 'givenName')
    return { title: t('refusal.name-needed'), remedy: t('refusal.name-needed.remedy') };
  return refusalText(t, kind);
}
