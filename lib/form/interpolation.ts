/**
 * Fills `${field}` in the text of a note with what the screen shows for that question; an unanswered one becomes `…`.
 * The result is plain text for the limited Markdown of notes: what was answered is escaped, never read as marks.
 */
export function interpolate(text: string, shown: (fieldId: string) => string | null): string {
  return text.replace(/\$\{([A-Za-z0-9_-]{1,40})\}/g, (_, id: string) => escapeMarks(shown(id) ?? '…'));
}

/** Ids a text refers to. */
export const interpolatedIds = (text: string): string[] =>
  [...text.matchAll(/\$\{([A-Za-z0-9_-]{1,40})\}/g)].map(([, id]) => id as string);

const escapeMarks = (value: string): string => value.replace(/[\\`*_[\]<>#]/g, '\\$&');
