import type { ReactNode } from 'react';

export interface Fact {
  readonly key: string;
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly action?: ReactNode;
}

/** Questions and answers, read in pairs. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-2">
      {facts.map(({ key, label, value, note, action }) => (
        <div key={key} className="min-w-0">
          <dt className="text-sm text-text-2">{label}</dt>
          <dd className="flex flex-wrap items-center gap-x-2">
            <bdi className="font-semibold">{value}</bdi>
            {note && <span className="text-sm text-text-2">{note}</span>}
            {action}
          </dd>
        </div>
      ))}
    </dl>
  );
}
