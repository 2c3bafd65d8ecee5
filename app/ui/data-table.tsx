import type { ReactNode } from 'react';
import { Button } from './button.tsx';

export type Column<Row> = {
  key: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end, in columns. */
  numeric?: boolean;
};

/** A table of the portal. The next page is asked for by its key (`onMore`), never by a page number; `shownText` says how much is there. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  rowKey,
  empty,
  shownText,
  more,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Shown in place of the table when there is no row: an EmptyState. */
  empty: ReactNode;
  shownText?: ReactNode;
  more?: { label: string; onMore: () => void; busy?: boolean } | undefined;
}) {
  if (rows.length === 0) return <>{empty}</>;
  return (
    <div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className="relative overflow-x-auto" tabIndex={0} aria-label={caption}>
        <table className="w-full border-collapse text-start">
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column.key}
                  scope="col"
                  className={`border-b border-border-strong px-4 py-3 text-sm font-semibold whitespace-nowrap text-text-2 ${column.numeric ? 'text-end' : 'text-start'}`}
                >
                  {column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr
                key={rowKey(row)}
                className="border-b border-border transition-colors last:border-b-0 hover:bg-surface-3"
              >
                {columns.map((column) => (
                  <td key={column.key} className={`h-12 px-4 py-2 ${column.numeric ? 'tabular text-end' : ''}`}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {(shownText || more) && (
        <div className="flex min-h-16 items-center justify-between gap-4 border-t border-border px-4 py-2">
          <span className="text-sm text-text-2">{shownText}</span>
          {more && (
            <Button onClick={more.onMore} busy={more.busy ?? false}>
              {more.label}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
