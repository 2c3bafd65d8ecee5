import type { ReactNode } from 'react';

/** A number that is read digit by digit (patient number, telephone, code): left to right in every language, in one piece, digits in columns. */
export function CodeText({ children }: { children: ReactNode }) {
  return (
    <bdi dir="ltr" className="tabular whitespace-nowrap">
      {children}
    </bdi>
  );
}
