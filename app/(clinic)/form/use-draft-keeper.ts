import { useEffect, useMemo, useState } from 'react';
import { removeDraft, saveDraft } from '../../../db/device/drafts.ts';
import { beforeLock } from '../../device/before-lock.ts';
import { database, type OpenSession, useSession } from '../../device/phone.ts';
import { diskRefusal } from '../../device/run-command.ts';
import type { FormStore } from './form-store.ts';
import type { FormDraft } from './saved-form.ts';

const PAUSE_MS = 400;

export type Kept = 'nothing' | 'typing' | 'kept' | 'storage-full' | 'database-closed';

export interface DraftKeeper {
  readonly kept: Kept;
  /** Takes the draft away: it was saved as what it was to become, or given up. */
  readonly finish: () => Promise<void>;
}

/**
 * Keeps what is typed: at every pause, and at once when the page is left, hidden, locked or taken down. The key is the
 * one that the form was opened with, so the last save still works while the phone is being locked.
 */
export function useDraftKeeper(store: FormStore, about: Omit<FormDraft, 'filled'>): DraftKeeper {
  const session = useSession();
  const [kept, setKept] = useState<Kept>('nothing');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a form is about never changes while it is open
  const keeper = useMemo(() => new Keeper(store, about, session, setKept), [store]);
  useEffect(() => keeper.start(), [keeper]);
  return useMemo(() => ({ kept, finish: keeper.finish }), [kept, keeper]);
}

class Keeper {
  readonly #store: FormStore;
  readonly #about: Omit<FormDraft, 'filled'>;
  readonly #session: OpenSession;
  readonly #say: (kept: Kept) => void;
  #saved: unknown;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #finished = false;
  #running: Promise<void> = Promise.resolve();

  constructor(store: FormStore, about: Omit<FormDraft, 'filled'>, session: OpenSession, say: (kept: Kept) => void) {
    this.#store = store;
    this.#about = about;
    this.#session = session;
    this.#say = say;
    this.#saved = store.draft();
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
    if (this.#store.draft() === this.#saved || this.#finished) return;
    this.#say('typing');
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#running = this.#running.then(() => this.#save());
    return this.#running;
  }

  async #save(): Promise<void> {
    const filled = this.#store.draft();
    if (filled === this.#saved || this.#finished) return;
    const { key, userId } = this.#session;
    const content: FormDraft = { ...this.#about, filled };
    try {
      await saveDraft(database, key, { id: this.#about.recordId, author: userId, savedAtMs: Date.now(), content });
      this.#saved = filled;
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
    await removeDraft(database, this.#about.recordId);
  };
}
