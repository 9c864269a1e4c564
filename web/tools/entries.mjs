/* The apps of dist and the files each one is made of, read from Vite's manifest. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const dist = join(root, 'dist');

/** `first`: the page that is shown first; `worker`: where its service worker is served; null: none. */
export const ENTRIES = [
  { name: 'wallet', html: 'index.html', first: 'src/wallet/pages/home.tsx', limit: 100_000, at: '/', worker: 'sw.js' },
  {
    name: 'explorer', html: 'explorer/index.html', first: 'src/explorer/pages/overview.tsx', limit: 100_000,
    at: '/explorer/', worker: 'explorer/sw.js',
  },
  // Its document carries a nonce of its own each time, so no worker keeps it.
  { name: 'console', html: 'console/index.html', first: 'console/index.html', limit: 420_000, at: '/console/', worker: null },
];

/** Keys of the app's manifest that `from` imports, directly and not; `lazily` follows import() too. */
export function chunksFrom(entry, from, lazily) {
  const manifest = JSON.parse(readFileSync(join(dist, `.vite/${entry.name}.json`), 'utf8'));
  const seen = new Set();
  const queue = [...from];
  while (queue.length > 0) {
    const key = queue.pop();
    if (seen.has(key)) continue;
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`the build of the ${entry.name} has no ${key}`);
    seen.add(key);
    queue.push(...(chunk.imports ?? []), ...(lazily ? (chunk.dynamicImports ?? []) : []));
  }
  return [...seen].map((key) => manifest[key]);
}

/** Every file of an app but its document: scripts, styles, catalogues. */
export function filesOf(entry) {
  const chunks = chunksFrom(entry, [entry.html], true);
  return [...new Set(chunks.flatMap(({ file, css = [], assets = [] }) => [file].concat(css, assets)))].sort();
}
