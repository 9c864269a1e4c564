/* Fails when the first load of an app has more gzipped JavaScript than it is allowed: the scripts its
 * document names and what those import statically, together with the page shown first. Styles and the
 * larger of the message catalogues are printed beside it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chunksFrom, dist, ENTRIES } from './entries.mjs';

const size = (name) => gzipSync(readFileSync(join(dist, name))).length;

function report(entry) {
  const chunks = chunksFrom(entry, [entry.html, entry.first], false);
  const scripts = new Set(chunks.map((chunk) => chunk.file));
  const html = readFileSync(join(dist, entry.html), 'utf8');
  for (const [, name] of html.matchAll(/src="\/([^"]+\.js)"/g)) scripts.add(name);
  const lines = [...scripts].map((name) => [size(name), name]);
  const total = lines.reduce((sum, [bytes]) => sum + bytes, 0);
  for (const [bytes, name] of lines) process.stdout.write(`${String(bytes).padStart(8)}  ${name}\n`);
  const others = [...new Set(chunks.flatMap(({ css = [], assets = [] }) => css.concat(assets)))];
  const beside = others.map((name) => `${name} ${size(name)}`).join(', ');
  process.stdout.write(`${String(total).padStart(8)}  first load of the ${entry.name}, gzipped, of ${entry.limit} allowed; beside it ${beside}\n`);
  return total <= entry.limit;
}

const within = ENTRIES.map(report);
if (within.includes(false)) process.exit(1);
