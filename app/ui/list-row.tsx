import type { ReactNode } from 'react';
import { Icon } from './drawn-icon.tsx';
import { Link } from './link.tsx';

export type ListRowProps = {
  title: ReactNode;
  detail?: ReactNode;
  /** Before the words: a photo, an icon, initials. */
  lead?: ReactNode;
  /** After the words: a badge, a time. */
  trail?: ReactNode;
  /** Going somewhere, or doing something; neither = a plain row. */
  href?: string;
  onSelect?: () => void;
};

const rowClass = 'flex min-h-14 w-full items-center gap-3 px-4 py-2 text-start';
const activeClass = `${rowClass} transition-colors hover:bg-surface-3 active:bg-accent-soft`;

/** One line of a List. The whole row is the target. */
export function ListRow({ title, detail, lead, trail, href, onSelect }: ListRowProps) {
  const content = (
    <>
      {lead && <span className="shrink-0">{lead}</span>}
      <span className="flex min-w-0 grow flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-0 flex-1 basis-40">
          <span className="block font-semibold">{title}</span>
          {detail && <span className="block text-sm text-text-2">{detail}</span>}
        </span>
        {trail && <span className="shrink-0">{trail}</span>}
      </span>
      {(href || onSelect) && <Icon name="forward" size={20} className="text-text-2" />}
    </>
  );
  return (
    <li className="border-b border-border last:border-b-0">
      {href ? (
        <Link href={href} className={activeClass}>
          {content}
        </Link>
      ) : onSelect ? (
        <button type="button" className={activeClass} onClick={onSelect}>
          {content}
        </button>
      ) : (
        <div className={rowClass}>{content}</div>
      )}
    </li>
  );
}

/** The list around ListRows. `label` names it when no heading does. */
export function List({ label, children }: { label?: string; children: ReactNode }) {
  return <ul aria-label={label}>{children}</ul>;
}

/** A round mark with a person's initials; the name stands beside it, so it is silent. */
export function Initials({ text }: { text: string }) {
  return (
    <span
      aria-hidden="true"
      className="flex size-10 items-center justify-center rounded-full bg-accent-soft text-sm font-semibold text-accent"
    >
      {text}
    </span>
  );
}
