import type { ReactNode } from 'react';

/** Names and values side by side, in as many columns as there is room for. */
export function Facts({ facts }: { facts: readonly { key: string; label: ReactNode; value: ReactNode }[] }) {
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(220px,1fr))] gap-x-6 gap-y-3">
      {facts.map(({ key, label, value }) => (
        <div key={key} className="min-w-0">
          <dt className="text-sm text-text-2">{label}</dt>
          <dd dir="auto" className="whitespace-pre-wrap">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
