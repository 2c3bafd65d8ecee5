import { aKillableBrowser, serveScript } from '../scenario/device-browser.ts';

// node tests/bench/device-store.ts [charts]: the phone's store in Chromium against a bare bulkPut of the same bytes (P17).
const PORT = 3065;
const server = await serveScript(new URL('./device-store-page.ts', import.meta.url), PORT);
const browser = await aKillableBrowser(`http://localhost:${PORT}/`);
try {
  const tab = await browser.openTab();
  const figures = await tab.evaluate((charts) => measure(charts, 200), Number(process.argv[2] ?? 5000));
  for (const [what, value] of Object.entries(figures))
    console.log(what.padEnd(22), Math.round((value ?? 0) * 100) / 100);
} finally {
  await browser.dispose();
  server.close();
}
