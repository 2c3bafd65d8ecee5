import { aKillableBrowser, serveScript } from '../scenario/device-browser.ts';
import { type BenchLine, round } from './bench-line.ts';

const PORT = 3065;
const PAGE = 200;

/** P10, P17: the phone's store in Chromium, without a network. `npm run bench device-store [charts=5000]`. */
export async function run(): Promise<BenchLine[]> {
  const charts = Number(process.argv.find((word) => word.startsWith('charts='))?.slice(7) ?? 3000);
  const server = await serveScript(new URL('./device-store-page.ts', import.meta.url), PORT);
  const browser = await aKillableBrowser(`http://localhost:${PORT}/`);
  try {
    const tab = await browser.openTab();
    const figures = await tab.evaluate(([count, size]) => measure(count, size), [charts, PAGE] as const);
    return linesOf(charts, (name) => figures[name] ?? Number.NaN);
  } finally {
    await browser.dispose();
    server.close();
  }
}

function linesOf(charts: number, figure: (name: string) => number): BenchLine[] {
  const line = (budget: string, what: string, name: string, unit: string, most?: number): BenchLine => ({
    ...{ budget, what: `${charts} charts: ${what}`, value: round(figure(name)), unit },
    ...(most === undefined ? {} : { most }),
  });
  return [
    line('P2', 'merged, sealed and stored, no network', 'writtenMs', 'ms'),
    line('P2', '… of putting the same sealed charts once', 'ratio', 'ratio'),
    line('P9', 'opened and indexed', 'catchUpMs', 'ms'),
    line('P10', 'a save, p50', 'saveP50Ms', 'ms'),
    line('P10', '… p95', 'saveP95Ms', 'ms'),
    line('P10', '… of a bare put of the same bytes', 'saveOfBarePut', 'ratio', 2),
    line('P17', 'a sealed record of 2 KB', 'sealedBytesPerRecord', 'B', 1229),
  ];
}
