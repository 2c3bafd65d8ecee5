import type { ReactNode } from 'react';
import { Icon } from './drawn-icon.tsx';
import { type Tone, toneIcon, toneSoft, toneText } from './tone.ts';

/** Something people must know, where they look: what it is, and what to do. Warnings and dangers are announced. */
export function Banner({
  tone = 'info',
  title,
  children,
  action,
}: {
  tone?: Tone;
  title: ReactNode;
  /** What to do about it. */
  children?: ReactNode;
  action?: ReactNode;
}) {
  const role = tone === 'danger' ? 'alert' : tone === 'warning' ? 'status' : undefined;
  return (
    <div role={role} className={`flex flex-wrap items-start gap-3 rounded-2 p-4 ${toneSoft[tone]}`}>
      <Icon name={toneIcon[tone]} className={toneText[tone]} />
      <div className="min-w-0 flex-1 basis-48">
        <p className={`font-semibold ${toneText[tone]}`}>{title}</p>
        {children && <div className="mt-1 text-text">{children}</div>}
      </div>
      {action && <div className="shrink-0">{action}</div>}
    </div>
  );
}
