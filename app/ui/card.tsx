import type { ReactNode } from 'react';

/** A surface for what belongs together, with its heading and, at the end of it, one action. */
export function Card({
  title,
  action,
  children,
  flush = false,
}: {
  title?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  /** Without inner space: for lists that reach the edge. */
  flush?: boolean;
}) {
  return (
    <section className="overflow-hidden rounded-3 border border-border bg-surface-2 shadow-1">
      {(title || action) && (
        <div className="flex min-h-14 items-center gap-3 border-b border-border ps-4 pe-2">
          <h2 className="grow py-2 text-base font-semibold">{title}</h2>
          {action}
        </div>
      )}
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}
