/* Fails when the first load has more than 100 kB of gzipped JavaScript: the scripts index.html
 * names and what those import statically, together with the page shown first (the overview). The
 * message catalogue is data, printed beside it. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const LIMIT = 100_000;
const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist');

function firstLoad() {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const seen = new Set();
  const overview = readdirSync(join(dist, 'assets')).filter((n) => /^overview-.*\.js$/.test(n));
  if (overview.length !== 1) throw new Error('expected a chunk for the overview');
  const named = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((m) => m[1]);
  const queue = [`assets/${overview[0]}`, ...named];
  while (queue.length > 0) {
    const name = queue.pop();
    if (seen.has(name)) continue;
    seen.add(name);
    const source = readFileSync(join(dist, name), 'utf8');
    for (const m of source.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
      queue.push(join(dirname(name), m[1]));
    }
  }
  const size = (name) => gzipSync(readFileSync(join(dist, name))).length;
  return [...seen].map((name) => [name, size(name)]);
}

const parts = firstLoad();
const total = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
for (const [name, bytes] of parts) process.stdout.write(`${String(bytes).padStart(8)}  ${name}\n`);
process.stdout.write(`${String(total).padStart(8)}  first load, gzipped, of ${LIMIT} allowed\n`);
if (total > LIMIT) process.exit(1);
