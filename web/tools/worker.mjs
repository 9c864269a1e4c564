/* Writes the service worker of each app from src/worker/sw.js: its files and a name for this set. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dist, ENTRIES, filesOf, root } from './entries.mjs';

const SHARED = ['boot.js', 'mark.svg'];
const template = readFileSync(join(root, 'src/worker/sw.js'), 'utf8');

for (const entry of ENTRIES.filter(({ worker }) => worker !== null)) {
  const files = [...filesOf(entry), ...SHARED].filter((file) => !file.endsWith('.html'));
  const digest = createHash('sha256');
  for (const file of [entry.html, ...files]) digest.update(file).update(readFileSync(join(dist, file)));
  const values = {
    __SET__: `jn-${entry.name}-${digest.digest('hex').slice(0, 12)}`,
    __APP__: `jn-${entry.name}-`,
    __AT__: entry.at,
    __FILES__: [entry.at, ...files.map((file) => `/${file}`)],
  };
  let source = template;
  for (const [place, value] of Object.entries(values)) source = source.replace(`'${place}'`, JSON.stringify(value));
  if (source.includes('__')) throw new Error('a place in src/worker/sw.js was not filled in');
  writeFileSync(join(dist, entry.worker), source);
}
