import { foldedWords } from './fold.ts';

const ARTICLE = /^(?:al|el|ال)$/;
const SERVANT = /^(?:abd|abd[aeiou]l|abdoul|abd[eou]r|عبد)$/;
// Sun letters swallow the article's l: Abderrahmane, Abdessalam, Abdennour.
const JOINED_SERVANT = /^(?:abd(?:[aeiu]l|oul)|عبدال|abd[aeou](?=([rnsztd])\1))(.{3,})$/;
const JOINED_ARTICLE = /^(?:ال(?=.{3,})|[ae]l(?=[ab-df-hjkm-np-tv-z].{3,}))/;

// Nureddin = نور الدين; Aboubakar and Boubacar = أبو بكر.
const JOINED_FAITH = /^(.{3,}?)(?:[aeiu]dd(?:ine?|een)|edine?)$/;
// Abdullah = عبد الله, Nasrallah = نصر الله.
const JOINED_GOD = /^(?:(.{3,}?)[aeiou]u?llah|(.{2,})الله)$/;
const JOINED_FATHER = /^(?:a?bou|ab[uo])(ba[ck]+[aei]?r)$/;

/** The parts of a name that some write as one word and others as two. */
const partsOf = (word: string): readonly string[] => {
  const god = JOINED_GOD.exec(word);
  if (god) return [SERVANT.test(god[1] ?? god[2] ?? '') ? 'abd' : (god[1] ?? god[2] ?? ''), 'allah'];
  if (word === 'الله') return ['allah'];
  const served = JOINED_SERVANT.exec(word)?.[2];
  if (served) return ['abd', served.replace(/^([rnsztd])\1/, '$1')];
  const before = JOINED_FAITH.exec(word)?.[1];
  if (before) return [before, 'din'];
  const son = JOINED_FATHER.exec(word)?.[1];
  return son ? ['abu', son] : [word];
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
    return partsOf(word);
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
