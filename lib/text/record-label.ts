import { isLabelKey, type Translate } from './translate.ts';

/** What a kind of record is called; its collection's own name when there are no words for it. */
export function recordLabel(t: Translate, collection: string): string {
  const key = `record.${collection}`;
  return isLabelKey(key) ? t(key) : collection;
}
