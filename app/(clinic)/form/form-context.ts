import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import type { FieldState, FormStore, ShownPage } from './form-store.ts';

/** The form that the questions on the screen belong to. */
export const FormStoreContext = createContext<FormStore | null>(null);

export function useForm(): FormStore {
  const store = useContext(FormStoreContext);
  if (store === null) throw new Error('a question outside a form');
  return store;
}

export function useFieldState(path: string): FieldState {
  const store = useForm();
  const read = useCallback(() => store.fieldState(path), [store, path]);
  return useSyncExternalStore(store.subscribe, read, read);
}

export function usePages(store: FormStore): readonly ShownPage[] {
  return useSyncExternalStore(store.subscribe, store.pages, store.pages);
}

/** Something worked out of the form; redraws when the text changes. */
export function useFormText(read: (store: FormStore) => string): string {
  const store = useForm();
  return useSyncExternalStore(
    store.subscribe,
    () => read(store),
    () => read(store),
  );
}
