import { useEffect } from 'react';
import { flushDrafts } from '../../device/before-lock.ts';
import { lock } from '../../device/unlock.ts';

const CHECK_MS = 5_000;
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const;

/** Saves what is typed, then forgets the key. */
export async function lockPhone(): Promise<void> {
  await flushDrafts();
  lock();
}

/** Locks when nobody touched the phone for so long; a phone that slept is locked as soon as it wakes. */
export function useIdleLock(minutes: number, onIdle: () => void): void {
  useEffect(() => {
    let lastMs = Date.now();
    const touched = () => {
      lastMs = Date.now();
    };
    const check = () => {
      if (Date.now() - lastMs < minutes * 60_000) return;
      onIdle();
      void lockPhone();
    };
    for (const sign of SIGNS) addEventListener(sign, touched, { passive: true, capture: true });
    document.addEventListener('visibilitychange', check);
    const timer = setInterval(check, CHECK_MS);
    return () => {
      for (const sign of SIGNS) removeEventListener(sign, touched, { capture: true });
      document.removeEventListener('visibilitychange', check);
      clearInterval(timer);
    };
  }, [minutes, onIdle]);
}
