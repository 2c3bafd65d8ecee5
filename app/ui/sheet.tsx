'use client';
import { type DialogProps, Frame } from './dialog.tsx';

/** A panel that rises from the lower edge on a phone and stands at the end side on a desktop: for choosing and for details. */
export function Sheet(props: DialogProps) {
  return (
    <Frame
      {...props}
      place="inset-x-0 bottom-0 max-h-[90dvh] rounded-t-3 enter-rise md:start-auto md:end-0 md:top-0 md:max-h-none md:w-[480px] md:rounded-none"
    />
  );
}
