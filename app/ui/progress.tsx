'use client';
import * as RadixProgress from 'radix-ui/progress';
import type { ReactNode } from 'react';

/** How far something is, with its numbers in words (“120 of 4 800”). `total` null = not known yet. */
export function Progress({
  label,
  numbers,
  done,
  total,
}: {
  label: string;
  numbers?: ReactNode;
  done: number;
  total: number | null;
}) {
  const share = total ? Math.min(1, done / total) : 0;
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-baseline justify-between gap-4">
        <span className="font-semibold">{label}</span>
        {numbers && <span className="tabular text-sm text-text-2">{numbers}</span>}
      </div>
      <RadixProgress.Root
        aria-label={label}
        value={total ? Math.min(done, total) : null}
        max={total || 1}
        className="h-2 overflow-hidden rounded-full bg-surface-3"
      >
        <RadixProgress.Indicator
          className={`h-full rounded-full bg-accent transition-[width] ${total ? '' : 'pulse-soft'}`}
          style={{ width: total ? `${share * 100}%` : '100%' }}
        />
      </RadixProgress.Root>
    </div>
  );
}
