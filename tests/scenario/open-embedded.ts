import { openEmbedded } from '../../db/postgres/embedded.ts';

// Run as a process of its own: opens the embedded database of a folder, says so, and stays until it is killed.
const opened = await openEmbedded(process.argv[2] as string);
process.stdout.write(`${JSON.stringify({ url: opened.url, adopted: opened.adopted })}\n`);
process.stdin.resume();
