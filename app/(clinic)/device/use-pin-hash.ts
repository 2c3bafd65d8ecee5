import { useEffect } from 'react';
import { loadPinHash } from '../../../db/device/data-key.ts';

/** Fetches what PINs are hashed with while the PIN is being typed. */
export function usePinHash(): void {
  useEffect(() => {
    loadPinHash().catch(reportError);
  }, []);
}
