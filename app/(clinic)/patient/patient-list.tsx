import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { PatientCard } from '../../../lib/domain/patient/patient-card.ts';
import { PatientRow } from './patient-row.tsx';

const ROW_PX = 76;

/** Only the rows in sight are drawn, so a list of any length scrolls alike on a cheap phone. */
export function PatientList({ cards }: { cards: readonly PatientCard[] }) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop((list.current?.getBoundingClientRect().top ?? 0) + scrollY), []);
  const rows = useWindowVirtualizer({
    count: cards.length,
    estimateSize: () => ROW_PX,
    overscan: 6,
    scrollMargin: top,
    getItemKey: (index) => cards[index]?.id ?? index,
  });
  return (
    <ul
      ref={list}
      className="relative overflow-hidden rounded-3 border border-border bg-surface-2"
      style={{ blockSize: rows.getTotalSize() }}
    >
      {rows.getVirtualItems().map((row) => {
        const card = cards[row.index];
        return (
          card && (
            <li
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              aria-setsize={cards.length}
              aria-posinset={row.index + 1}
              className="absolute inset-x-0 top-0 border-b border-border"
              style={{ transform: `translateY(${row.start - top}px)` }}
            >
              <PatientRow card={card} />
            </li>
          )
        );
      })}
    </ul>
  );
}
