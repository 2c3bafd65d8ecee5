import type { IconName } from './drawn-icon.tsx';

/** What a message means. Each tone has a colour and a picture: never colour alone. */
export type Tone = 'neutral' | 'info' | 'success' | 'warning' | 'danger';

export const toneIcon: Readonly<Record<Tone, IconName>> = {
  neutral: 'info',
  info: 'info',
  success: 'success',
  warning: 'warning',
  danger: 'danger',
};

export const toneText: Readonly<Record<Tone, string>> = {
  neutral: 'text-text-2',
  info: 'text-info',
  success: 'text-success',
  warning: 'text-warning',
  danger: 'text-danger',
};

export const toneSoft: Readonly<Record<Tone, string>> = {
  neutral: 'bg-surface-3',
  info: 'bg-info-soft',
  success: 'bg-success-soft',
  warning: 'bg-warning-soft',
  danger: 'bg-danger-soft',
};
