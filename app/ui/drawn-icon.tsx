import { iconPaths } from './icon-paths.ts';

export type IconName = keyof typeof iconPaths;

/** Pictures that point along the reading direction: they turn over in a right-to-left language. */
const directional: ReadonlySet<IconName> = new Set(['back', 'forward', 'backspace', 'sign-out', 'send']);

/** (Not icon.tsx: Next would take that name for a route of its own.) A stroke picture of 24 units. It says nothing to a screen reader: the words beside it do. */
export function Icon({ name, size = 24, className = '' }: { name: IconName; size?: number; className?: string }) {
  const turn = directional.has(name) ? 'mirror-rtl' : '';
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      className={`inline-block shrink-0 ${turn} ${className}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={iconPaths[name]} />
    </svg>
  );
}
