export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'hikma.theme';

/** The remembered theme; as the device prefers when none is, or where storage is forbidden. */
export function readTheme(): Theme {
  try {
    const remembered = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === remembered) ?? 'system';
  } catch {
    return 'system';
  }
}

/** Shows a theme at once and remembers it on this device. */
export function setTheme(theme: Theme): void {
  showTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is forbidden (private window): then it is only not remembered.
  }
}

export function showTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
}
