/** The parts of a name that a list shows. */
export interface Named {
  readonly givenName: string | null;
  readonly familyName: string | null;
}

/** A patient's name as it is shown, or null when none is known. */
export function patientName({ givenName, familyName }: Named): string | null {
  const parts = [givenName, familyName].filter((part) => part !== null && part !== '');
  return parts.length === 0 ? null : parts.join(' ');
}

/** At most two first letters, for the round mark beside a name. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  // Arabic letters would join into one shape.
  return chosen.map((word) => [...word][0]!.toLocaleUpperCase()).join('\u200c');
}
