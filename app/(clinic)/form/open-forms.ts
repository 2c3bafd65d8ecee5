import { useEffect } from 'react';

const PREFIX = 'form:';

/** Says to the other tabs, while the form is on the screen, that its draft is being written here. */
export function useOpenForm(recordId: string): void {
  useEffect(() => {
    let close: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    // Shared: nobody waits for it, it only stands in the list.
    navigator.locks.request(`${PREFIX}${recordId}`, { mode: 'shared' }, () => closed).catch(reportError);
    return close;
  }, [recordId]);
}

/** The records whose forms are on the screen of any tab of this phone. */
export async function openForms(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks.query();
  return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
}
