'use client';
import * as RadixTabs from 'radix-ui/tabs';
import type { ReactNode } from 'react';
import { Link } from './link.tsx';

/** Exactly one of the two is given: of two classes for one property the later in the stylesheet would win. */
const resting = 'border-transparent text-text-2';
const chosen = 'border-accent text-accent';
const bar = 'flex gap-1 overflow-x-auto border-b border-border [scrollbar-width:none]';
const tab =
  'flex min-h-12 shrink-0 items-center border-b-2 px-3 font-semibold whitespace-nowrap transition-colors -outline-offset-2 hover:text-text';

/** Views of one screen that have no address of their own. */
export function Tabs({
  label,
  tabs,
  value,
  onChange,
}: {
  label: string;
  tabs: readonly { value: string; label: ReactNode; content: ReactNode }[];
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <RadixTabs.Root value={value} onValueChange={onChange}>
      <RadixTabs.List aria-label={label} className={bar}>
        {tabs.map((item) => (
          <RadixTabs.Trigger
            key={item.value}
            value={item.value}
            className={`${tab} ${item.value === value ? chosen : resting}`}
          >
            {item.label}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {tabs.map((item) => (
        <RadixTabs.Content key={item.value} value={item.value} className="pt-4">
          {item.content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  );
}

/** The same look for sections that have an address each (a chart's). */
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
