/* Writes dist/sw.js from src/worker/sw.js: the list of files to keep and a name for this set. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const KEPT = /\.(js|css|svg|json)$/;

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && KEPT.test(entry.name) && entry.name !== 'sw.js')
  .map((entry) => relative(dist, join(entry.parentPath, entry.name)))
  .filter((file) => !file.startsWith('docs/'))
  .sort();
const digest = createHash('sha256');
for (const file of ['index.html', ...files]) digest.update(file).update(readFileSync(join(dist, file)));

const source = readFileSync(join(root, 'src/worker/sw.js'), 'utf8')
  .replace("'__SET__'", JSON.stringify(`jn-${digest.digest('hex').slice(0, 12)}`))
  .replace("'__FILES__'", JSON.stringify(['/', ...files.map((file) => `/${file}`)]));
if (source.includes('__')) throw new Error('a place in src/worker/sw.js was not filled in');
writeFileSync(join(dist, 'sw.js'), source);
