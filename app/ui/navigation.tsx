import type { ReactNode } from 'react';
import { Icon, type IconName } from './drawn-icon.tsx';
import { Link } from './link.tsx';

export type NavigationItem = {
  href: string;
  label: string;
  icon: IconName;
  current: boolean;
  /** A number that wants attention, and how it is read out. */
  badge?: { text: string; label: string } | undefined;
};

/** The phone's lower edge: at most five places. Its own height is kept free below the content. */
export function BottomBar({ label, items }: { label: string; items: readonly NavigationItem[] }) {
  return (
    <>
      <div aria-hidden="true" className="pb-safe h-20 md:h-0" />
      <nav aria-label={label} className="pb-safe fixed inset-x-0 bottom-0 z-30 border-t border-border bg-surface-2">
        <ul className="mx-auto flex max-w-[640px]">
          {items.map((item) => (
            <li key={item.href} className="min-w-0 flex-1">
              <Link
                href={item.href}
                aria-current={item.current ? 'page' : undefined}
                className={`relative flex min-h-16 flex-col items-center justify-center gap-0.5 px-1 text-xs -outline-offset-4 transition-colors ${item.current ? 'font-semibold text-accent' : 'text-text-2 hover:text-text'}`}
              >
                <span
                  className={`flex h-8 w-14 items-center justify-center rounded-full ${item.current ? 'bg-accent-soft' : ''}`}
                >
                  <Icon name={item.icon} />
                  <NavigationBadge badge={item.badge} corner />
                </span>
                <span className="max-w-full truncate">{item.label}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}

/** The desktop's side. `head` stands above it (the product's name), `foot` below (who is signed in). */
export function NavigationRail({
  label,
  items,
  head,
  foot,
}: {
  label: string;
  items: readonly NavigationItem[];
  head?: ReactNode;
  foot?: ReactNode;
}) {
  return (
    <nav
      aria-label={label}
      className="flex h-full w-60 shrink-0 flex-col gap-2 border-e border-border bg-surface-2 p-3"
    >
      {head && <div className="px-3 py-2 text-lg font-semibold">{head}</div>}
      <ul className="flex grow flex-col gap-1 overflow-y-auto p-1">
        {items.map((item) => (
          <li key={item.href}>
            <Link
              href={item.href}
              aria-current={item.current ? 'page' : undefined}
              className={`flex min-h-12 items-center gap-3 rounded-2 px-3 transition-colors ${item.current ? 'bg-accent-soft font-semibold text-accent' : 'text-text-2 hover:bg-surface-3 hover:text-text'}`}
            >
              <Icon name={item.icon} />
              <span className="min-w-0 grow">{item.label}</span>
              <NavigationBadge badge={item.badge} />
            </Link>
          </li>
        ))}
      </ul>
      {foot}
    </nav>
  );
}

function NavigationBadge({ badge, corner = false }: { badge: NavigationItem['badge']; corner?: boolean }) {
  if (!badge) return null;
  const place = corner ? 'absolute start-1/2 top-1.5 ms-2' : '';
  return (
    <span className={`${place} min-w-5 rounded-full bg-danger px-1.5 text-center text-xs font-semibold text-on-danger`}>
      <span aria-hidden="true">{badge.text}</span>
      <span className="sr-only">{badge.label}</span>
    </span>
  );
}
