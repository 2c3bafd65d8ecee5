const WIDTH = 64;
const rows = [new Uint8Array(WIDTH + 1), new Uint8Array(WIDTH + 1), new Uint8Array(WIDTH + 1)] as const;

/**
 * Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`; `anyEnd` lets `b` continue for free, so
 * that the start of a word can be mistyped. Gives up with `most + 1`. Only the first 64 characters count.
 */
export const editDistance = (a: string, b: string, most: number, anyEnd = false): number => {
  const n = Math.min(a.length, WIDTH);
  const m = Math.min(b.length, WIDTH, anyEnd ? n + most : WIDTH);
  if (n - m > most || (!anyEnd && m - n > most)) return most + 1;
  let [older, old, row]: Uint8Array[] = [rows[0], rows[1], rows[2]] as [Uint8Array, Uint8Array, Uint8Array];
  if (!older || !old || !row) return most + 1;
  for (let j = 0; j <= m; j += 1) old[j] = j;
  for (let i = 1; i <= n; i += 1) {
    const letter = a.charCodeAt(i - 1);
    row[0] = i;
    let least = i;
    for (let j = 1; j <= m; j += 1) {
      const same = letter === b.charCodeAt(j - 1);
      let cost = Math.min((old[j - 1] ?? 0) + (same ? 0 : 1), (old[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && letter === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1)) {
        cost = Math.min(cost, (older[j - 2] ?? 0) + 1);
      }
      row[j] = cost;
      if (cost < least) least = cost;
    }
    // A swap reaches two rows back, so one hopeless row is not yet proof, but it costs at most one edit more.
    if (least > most + 1) return most + 1;
    [older, old, row] = [old, row, older];
  }
  let end = old[m] ?? 0;
  if (anyEnd) for (let j = Math.max(0, n - most); j <= m; j += 1) end = Math.min(end, old[j] ?? end);
  return Math.min(end, most + 1);
};

/** Likeness of two folded texts, 1 for equal, 0 for nothing alike. */
export const likeness = (a: string, b: string): number => {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - Math.min(editDistance(a, b, longest), longest) / longest;
};
