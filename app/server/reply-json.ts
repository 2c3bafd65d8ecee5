import { tablesBytes } from '../../db/postgres/row-text.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { Page } from '../../lib/replication/protocol/page.ts';
import type { JsonWriter } from './compressed.ts';

/** A reply as `exchangeReplySchema` reads it. Its rows are JSON already: passed on, never parsed. */
export function replyJson(reply: ExchangeReply<string>): string | JsonWriter {
  const { pages, ...rest } = reply;
  if (pages.length === 0) return JSON.stringify(reply);
  return async (write) => {
    write(Buffer.from(`${openJson(rest)},"pages":[`));
    for (const [index, page] of pages.entries()) writePage(write, page, index > 0);
    write(Buffer.from(']}'));
  };
}

function writePage(write: (part: Buffer) => void, { tables, ...rest }: Page<string>, afterOthers: boolean): void {
  write(Buffer.from(`${afterOthers ? ',' : ''}${openJson(rest)},"tables":[`));
  const texts = tables.map(({ collection, records }) => ({ collection, rows: records.join(',') }));
  write(tablesBytes(texts, false));
  write(Buffer.from(']}'));
}

/** An object's JSON to which members may be added. */
function openJson(members: object): string {
  return JSON.stringify(members).slice(0, -1);
}
