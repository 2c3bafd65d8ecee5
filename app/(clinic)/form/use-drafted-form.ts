import { useLocation } from 'wouter';
import type { SavedDraft } from '../../../db/device/drafts.ts';
import type { RunRefusal, RunResult } from '../../device/run-command.ts';
import { type ToastMessage, useToast } from '../../ui/toast.tsx';
import type { Reason } from '../event/correction-reason.tsx';
import type { FormStore } from './form-store.ts';
import { type FormDraft, resent } from './saved-form.ts';
import { type DraftKeeper, useDraftKeeper } from './use-draft-keeper.ts';

export interface DraftedForm {
  readonly keeper: DraftKeeper;
  readonly restoredAtMs: number | null;
  /** What a command that saves the form came to: saved, the draft goes and `href` opens; refused, everything stays. */
  readonly after: (result: RunResult, said: ToastMessage, href: string) => Promise<RunRefusal | null>;
  /** Gives the draft up and opens `href`. */
  readonly discard: (href: string) => Promise<void>;
}

/** A form that is kept as a draft until it is saved or given up; both leave its screen, which "back" does not return to. */
export function useDraftedForm(
  store: FormStore,
  about: Omit<FormDraft, 'filled' | 'reason' | 'resends'>,
  draft: SavedDraft<FormDraft> | null,
  reason: Reason | null = null,
): DraftedForm {
  const toast = useToast();
  const [, go] = useLocation();
  const keeper = useDraftKeeper(store, { ...about, ...resent(draft) }, reason);
  return {
    keeper,
    restoredAtMs: draft?.savedAtMs ?? null,
    after: async (result, said, href) => {
      if (!result.ok) return result.refusal;
      toast(said);
      go(href, { replace: true });
      await keeper.saved();
      return null;
    },
    discard: async (href) => {
      await keeper.finish();
      go(href, { replace: true });
    },
  };
}
