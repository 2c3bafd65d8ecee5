import type { ComponentProps } from 'react';
import { Icon, type IconName } from './drawn-icon.tsx';

/** A 48 px button that is only a picture; `label` is what it is called. */
export function IconButton({
  icon,
  label,
  className = '',
  ...rest
}: Omit<ComponentProps<'button'>, 'children' | 'aria-label'> & { icon: IconName; label: string }) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={`inline-flex size-12 shrink-0 items-center justify-center rounded-full text-text-2 transition-colors hover:bg-surface-3 hover:text-text disabled:opacity-55 ${className}`}
    >
      <Icon name={icon} />
    </button>
  );
}
