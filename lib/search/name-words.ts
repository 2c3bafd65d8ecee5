import { foldedWords } from './fold.ts';

const ARTICLE = /^(?:al|el|ال)$/;
const SERVANT = /^(?:abd|abd[aeiou]l|abdoul|abd[eou]r|عبد)$/;
// Sun letters swallow the article's l: Abderrahmane, Abdessalam, Abdennour.
const JOINED_SERVANT = /^(?:abd(?:[aeiu]l|oul)|عبدال|abd[aeou](?=([rnsztd])\1))(.{3,})$/;
const JOINED_ARTICLE = /^(?:ال(?=.{3,})|[ae]l(?=[ab-df-hjkm-np-tv-z].{3,}))/;

const servantParts = (word: string): readonly string[] | null => {
  const joined = JOINED_SERVANT.exec(word);
  if (!joined?.[2]) return null;
  return ['abd', joined[2].replace(/^([rnsztd])\1/, '$1')];
};

/**
 * The words of a query or name that must each be found: a free-standing article is no word of its own
 * (Al-Hassan = Hassan), and Abdulrahman, Abdel Rahman and عبد الرحمن are all two words.
 */
export const nameWords = (text: string): string[] => {
  const words = foldedWords(text);
  return words.flatMap((word, i) => {
    if (ARTICLE.test(word) && words.length > 1 && i < words.length - 1) return [];
    if (SERVANT.test(word) && words.length > 1) return ['abd'];
    return servantParts(word) ?? [word];
  });
};

/** A word and, when it begins with a joined article (الحسن, Alhassan), the word without it. */
export const wordForms = (word: string): readonly string[] => {
  const bare = word.replace(JOINED_ARTICLE, '');
  return bare === word ? [word] : [word, bare];
};

/** All words to store for a name: as written, split, and without article. */
export const indexedNameWords = (text: string): ReadonlySet<string> =>
  new Set([...foldedWords(text), ...nameWords(text)].flatMap(wordForms));
