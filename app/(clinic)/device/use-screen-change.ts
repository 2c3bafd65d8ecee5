import { type RefObject, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

/** After going to another screen the reader and the keyboard start at its top, as after loading a page. */
export function useScreenChange(): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}
