import { deterministicId } from '../../lib/domain/identity.ts';

/** Ids of data.md §7: every server publishes the built-in forms as the same records. */
export const REGISTRATION_FORM = deterministicId('forms', 'registration');
export const GENERAL_CONSULTATION_FORM = deterministicId('forms', 'general-consultation');
