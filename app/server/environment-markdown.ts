import { environmentTable } from './environment.ts';

const OPEN = '<!-- environment: generated from app/server/environment.ts, checked by a test -->\n';
const CLOSE = '<!-- /environment -->';

/** The README with its table of variables made anew from the schema that reads them. */
export function withEnvironmentTable(readme: string): string {
  const [before, rest] = readme.split(OPEN);
  const after = rest?.split(CLOSE)[1];
  if (before === undefined || after === undefined) throw new Error('the README has no place for the environment table');
  return `${before}${OPEN}${environmentMarkdown()}${CLOSE}${after}`;
}

function environmentMarkdown(): string {
  const rows = Object.entries(environmentTable).map(([name, schema]) => {
    const standard: unknown = schema.safeParse(undefined).data;
    return `| \`${name}\` | ${standard === undefined ? '' : `\`${String(standard)}\``} | ${schema.description ?? ''} |`;
  });
  return `| variable | default | what it is |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}
