'use client';
import type { Json } from '../../../../../lib/replication/json.ts';
import { useText } from '../../../../ui/text-provider.tsx';
import { keyLabel, type Reading, toldKeys, valueText } from './record-words.ts';

/** The fields of an edit with their values; beside each what stands now, where that is another. */
export function ToldFields({
  reading,
  fields,
  now = null,
}: {
  reading: Reading;
  fields: Readonly<Record<string, Json>>;
  now?: Readonly<Record<string, Json>> | null;
}) {
  const { t } = useText();
  const rows = toldKeys(fields).flatMap((key) => {
    const after = valueText(reading, key, fields[key] ?? null);
    const before = now === null ? null : valueText(reading, key, now[key] ?? null);
    // A form writes every question that it asks.
    return after === null && before === null ? [] : [{ key, after, before }];
  });
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(min(220px,100%),1fr))] gap-x-6 gap-y-3">
      {rows.map(({ key, after, before }) => (
        <div key={key} className="min-w-0">
          <dt className="text-sm text-text-2">{keyLabel(reading, key)}</dt>
          <dd className="flex flex-wrap gap-x-2 break-words">
            {now !== null && before !== after && (
              <>
                <del className="text-text-2">
                  <bdi>{before ?? t('portalAttention.empty')}</bdi>
                </del>
                <span aria-hidden="true" className="rtl:-scale-x-100">
                  →
                </span>
              </>
            )}
            <ins className="font-semibold no-underline">
              <bdi>{after ?? t('portalAttention.empty')}</bdi>
            </ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}
