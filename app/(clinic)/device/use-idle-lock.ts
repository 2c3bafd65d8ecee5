import { useEffect } from 'react';
import { flushDrafts } from '../../device/before-lock.ts';
import { currentPhone, startPhone } from '../../device/phone.ts';
import { hearTabs, tellTabs } from '../../device/tabs.ts';
import { lock } from '../../device/unlock.ts';
import { noteIdle } from './idle-note.ts';

const CHECK_MS = 5_000;
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const;

/** Saves what is typed, then forgets the key. */
export async function lockPhone(): Promise<void> {
  await flushDrafts();
  lock();
}

/** As asked by a person: the other tabs of this phone are locked too. Idleness is each tab's own. */
export async function lockEveryTab(): Promise<void> {
  noteIdle(false);
  tellTabs('lock');
  await lockPhone();
}

/** Does what other tabs did: locks with them, and sees who may open the phone after somebody was added there. */
export function followTabs(): () => void {
  return hearTabs((word) => {
    if (word === 'lock') {
      noteIdle(false);
      void lockPhone();
    } else if (currentPhone().state !== 'open') startPhone().catch(reportError);
  });
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
