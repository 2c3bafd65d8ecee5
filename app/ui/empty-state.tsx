import type { ReactNode } from 'react';
import { Icon, type IconName } from './drawn-icon.tsx';

/** An empty list that teaches: what would stand here, and how it gets there. */
export function EmptyState({
  icon = 'inbox',
  title,
  children,
  action,
}: {
  icon?: IconName;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-[44ch] flex-col items-center gap-2 px-4 py-12 text-center">
      <span className="mb-2 flex size-16 items-center justify-center rounded-full bg-accent-soft text-accent">
        <Icon name={icon} size={32} />
      </span>
      <p className="text-lg font-semibold">{title}</p>
      {children && <p className="text-text-2">{children}</p>}
      {action && <div className="mt-4">{action}</div>}
    </div>
  );
}
