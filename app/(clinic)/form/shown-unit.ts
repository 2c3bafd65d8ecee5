import type { FieldOf } from '../../../lib/form/definition.ts';
import type { FieldState } from './form-store.ts';

/**
 * The unit beside a number: the one that the number on the screen is in, whatever was picked before. An answer that was
 * not typed here ("same as before") is in the question's own. What is picked counts for an empty box.
 */
export function shownUnit(field: FieldOf<'number'>, state: FieldState, picked: string | null): string | null {
  return state.value === null ? picked : (state.entered?.unit ?? field.unit ?? null);
}
