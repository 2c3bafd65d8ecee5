import { useEffect, useMemo, useState } from 'react';
import { removeDraft, saveDraft } from '../../../db/device/drafts.ts';
import { settleRefused } from '../../../db/device/settle-refused.ts';
import { beforeLock } from '../../device/before-lock.ts';
import { diskRefusal } from '../../device/disk-refusal.ts';
import { database, type OpenSession, useSession } from '../../device/phone.ts';
import type { Reason } from '../event/correction-reason.tsx';
import type { FormStore } from './form-store.ts';
import type { FormDraft } from './saved-form.ts';

const PAUSE_MS = 400;

export type Kept = 'nothing' | 'typing' | 'kept' | 'storage-full' | 'database-closed';

export interface DraftKeeper {
  readonly kept: Kept;
  /** Takes the draft away: it was given up. */
  readonly finish: () => Promise<void>;
  /** Takes the draft away: it was saved as what it was to become. A refused action that it said again is dealt with. */
  readonly saved: () => Promise<void>;
}

/**
 * Keeps what is typed: at every pause, and at once when the page is left, hidden, locked or taken down. The key is the
 * one that the form was opened with, so the last save still works while the phone is being locked.
 */
export function useDraftKeeper(
  store: FormStore,
  about: Omit<FormDraft, 'filled' | 'reason'>,
  reason: Reason | null = null,
): DraftKeeper {
  const session = useSession();
  const [kept, setKept] = useState<Kept>('nothing');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a form is about never changes while it is open
  const keeper = useMemo(() => new Keeper(store, about, reason, session, setKept), [store]);
  useEffect(() => keeper.start(), [keeper]);
  useEffect(() => keeper.giveReason(reason), [keeper, reason]);
  return useMemo(() => ({ kept, finish: keeper.finish, saved: keeper.saved }), [kept, keeper]);
}

class Keeper {
  readonly #store: FormStore;
  readonly #about: Omit<FormDraft, 'filled' | 'reason'>;
  readonly #session: OpenSession;
  readonly #say: (kept: Kept) => void;
  #saved: unknown;
  #reason: Reason | null;
  #savedReason: Reason | null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #finished = false;
  #running: Promise<void> = Promise.resolve();

  constructor(
    store: FormStore,
    about: Omit<FormDraft, 'filled' | 'reason'>,
    reason: Reason | null,
    session: OpenSession,
    say: (kept: Kept) => void,
  ) {
    this.#store = store;
    this.#about = about;
    this.#session = session;
    this.#say = say;
    this.#saved = store.draft();
    this.#reason = reason;
    this.#savedReason = reason;
  }

  start(): () => void {
    const hidden = () => {
      if (document.visibilityState === 'hidden') void this.flush();
    };
    const leaving = () => void this.flush();
    const stopListening = this.#store.subscribe(() => this.#changed());
    const stopLock = beforeLock(() => this.flush());
    document.addEventListener('visibilitychange', hidden);
    addEventListener('pagehide', leaving);
    return () => {
      stopListening();
      stopLock();
      document.removeEventListener('visibilitychange', hidden);
      removeEventListener('pagehide', leaving);
      void this.flush();
    };
  }

  #changed(): void {
    if (this.#isKept() || this.#finished) return;
    this.#say('typing');
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  /** Why the record is changed: typed beside the form, and kept with it. */
  giveReason(reason: Reason | null): void {
    this.#reason = reason;
    this.#changed();
  }

  #isKept(): boolean {
    return this.#store.draft() === this.#saved && this.#reason === this.#savedReason;
  }

  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#running = this.#running.then(() => this.#save());
    return this.#running;
  }

  async #save(): Promise<void> {
    if (this.#isKept() || this.#finished) return;
    const filled = this.#store.draft();
    const reason = this.#reason;
    const { key, userId } = this.#session;
    const content: FormDraft = { ...this.#about, filled, ...(reason === null ? {} : { reason }) };
    try {
      await saveDraft(database, key, { id: this.#about.recordId, author: userId, savedAtMs: Date.now(), content });
      this.#saved = filled;
      this.#savedReason = reason;
      this.#say('kept');
    } catch (fault) {
      const refusal = diskRefusal(fault);
      if (refusal === null) reportError(fault);
      this.#say(refusal ?? 'database-closed');
    }
  }

  readonly finish = async (): Promise<void> => {
    this.#finished = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
    await removeDraft(database, this.#about.recordId, this.#session.userId);
  };

  readonly saved = async (): Promise<void> => {
    const { resends } = this.#about;
    const settlement = { how: 'sent-again', by: this.#session.userId, atMs: Date.now() } as const;
    if (resends !== undefined) await settleRefused(database, resends, settlement);
    await this.finish();
  };
}
