import type { ReactNode } from 'react';
import { Icon } from './drawn-icon.tsx';
import { Link } from './link.tsx';

/** The head of a screen: way back, its only h1, what it is about, and its actions. */
export function PageHeader({
  title,
  detail,
  back,
  actions,
}: {
  title: ReactNode;
  detail?: ReactNode;
  back?: { href: string; label: string };
  actions?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-center gap-x-2 gap-y-3 py-3">
      {back && (
        <Link
          href={back.href}
          aria-label={back.label}
          className="-ms-3 flex size-12 shrink-0 items-center justify-center rounded-full text-text-2 hover:bg-surface-3"
        >
          <Icon name="back" />
        </Link>
      )}
      <div className="min-w-0 flex-1 basis-40">
        <h1 className="text-xl">{title}</h1>
        {detail && <div className="text-text-2">{detail}</div>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
}
