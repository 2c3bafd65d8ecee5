'use client';
import type { ReactNode } from 'react';
import { Link } from './link.tsx';

/** Exactly one of the two is given: of two classes for one property the later in the stylesheet would win. */
const resting = 'border-transparent text-text-2';
const chosen = 'border-accent text-accent';
const bar = 'flex gap-1 overflow-x-auto border-b border-border [scrollbar-width:none]';
const tab =
  'flex min-h-12 shrink-0 items-center border-b-2 px-3 font-semibold whitespace-nowrap transition-colors -outline-offset-2 hover:text-text';

/** Sections that have an address each (a chart's). */
export function TabLinks({
  label,
  tabs,
}: {
  label: string;
  tabs: readonly { href: string; label: ReactNode; current: boolean }[];
}) {
  return (
    <nav aria-label={label} className={bar}>
      {tabs.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          aria-current={item.current ? 'page' : undefined}
          className={`${tab} ${item.current ? chosen : resting}`}
        >
          {item.label}
        </Link>
      ))}
    </nav>
  );
}
