import type { ComponentProps, ReactNode } from 'react';
import { Icon, type IconName } from './drawn-icon.tsx';
import { Link } from './link.tsx';

export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger';

type Looks = { look?: ButtonLook; icon?: IconName; wide?: boolean; compact?: boolean };

export type ButtonProps = ComponentProps<'button'> & Looks & { busy?: boolean; busyText?: string };

const looks: Readonly<Record<ButtonLook, string>> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover border-transparent',
  secondary: 'bg-surface-2 text-text border-border-strong hover:bg-surface-3',
  quiet: 'bg-transparent text-accent border-transparent hover:bg-accent-soft',
  danger: 'bg-danger text-on-danger border-transparent hover:opacity-90',
};

/** Class names of a button: 56 px for the primary action of a screen, 48 px for every other. `compact` is 48 px for a primary in a row. */
function buttonClass({ look = 'secondary', wide = false, compact = false }: Looks): string {
  const height = look === 'primary' && !compact ? 'min-h-14 px-6' : 'min-h-12 px-4';
  const width = wide ? 'w-full' : '';
  return `inline-flex items-center justify-center gap-2 rounded-2 border text-center text-base font-semibold transition-colors select-none disabled:opacity-55 ${height} ${width} ${looks[look]}`;
}

/** A button. While `busy` it keeps its place and says `busyText` (or its own words), and a second tap does nothing. */
export function Button({
  look,
  icon,
  wide,
  compact,
  busy = false,
  busyText,
  children,
  className = '',
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`${buttonClass({ ...(look && { look }), ...(wide && { wide }), ...(compact && { compact }) })} ${className}`}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
    >
      {busy ? <Icon name="sync" size={20} className="turning" /> : icon && <Icon name={icon} size={20} />}
      <span>{busy && busyText ? busyText : children}</span>
    </button>
  );
}

/** A link that looks like a button: for going somewhere, not for doing something. */
export function ButtonLink({ href, children, icon, ...looks_ }: Looks & { href: string; children: ReactNode }) {
  return (
    <Link href={href} className={buttonClass(looks_)}>
      {icon && <Icon name={icon} size={20} />}
      <span>{children}</span>
    </Link>
  );
}
