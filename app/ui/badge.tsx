import type { ReactNode } from 'react';
import { Icon, type IconName } from './drawn-icon.tsx';
import { type Tone, toneSoft, toneText } from './tone.ts';

/** A short state: words, a picture when the tone means something, colour last. */
export function Badge({ tone = 'neutral', icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-sm font-semibold whitespace-nowrap ${toneSoft[tone]} ${toneText[tone]}`}
    >
      {icon && <Icon name={icon} size={16} />}
      {children}
    </span>
  );
}
