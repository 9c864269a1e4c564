/* Puts a .gz and a .br beside every text file of dist that gains by it, for the server to send. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist');
const text = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt', '.webmanifest']);

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !text.has(extname(path))) continue;
  const plain = readFileSync(path);
  const packed = {
    '.gz': gzipSync(plain, { level: 9 }),
    '.br': brotliCompressSync(plain, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
    }),
  };
  for (const [suffix, bytes] of Object.entries(packed)) {
    if (bytes.length < plain.length) writeFileSync(path + suffix, bytes);
  }
}
