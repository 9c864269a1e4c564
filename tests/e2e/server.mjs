/* The real program on a temporary SQLite database in sandbox mode, filled through the public API. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './harness.mjs';

const READY_MS = 30_000;
const STOP_MS = 10_000;

export function program() {
  if (process.env.JINNANG_BIN) return process.env.JINNANG_BIN;
  const found = ['release', 'test', 'debug', '.']
    .map((name) => join(ROOT, 'build', name, 'src/main/jinnang'))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (found.length === 0) throw new Error('no build of jinnang was found: run tools/build release, or set JINNANG_BIN');
  return found[0];
}

/** People, staff and their sessions, written before anybody serves the database; null where the
 * program that does it was not built. */
function mint(url, dir) {
  const found = ['asan', 'clang', 'tsan'].map((name) => join(ROOT, 'build', name, 'tests/contract/mint_people'));
  const minter = process.env.JN_MINT ?? found.find((path) => existsSync(path));
  return minter === undefined ? null : JSON.parse(execFileSync(minter, [url, dir], { encoding: 'utf8' }));
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function waitReady(base, child) {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with status ${child.exitCode}`);
    try {
      if ((await fetch(`${base}/readyz`)).ok) return;
    } catch {
      /* Not listening yet. */
    }
    if (Date.now() > deadline) throw new Error('the server was not ready in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** {base, key, people, database, stop()}. JINNANG_URL and JINNANG_KEY use a server that is there already. */
export async function startServer() {
  if (process.env.JINNANG_URL) {
    return { base: process.env.JINNANG_URL, key: process.env.JINNANG_KEY ?? '', people: null, database: process.env.JINNANG_SQLITE ?? '', stop: async () => undefined };
  }
  const dist = join(ROOT, 'web/dist');
  if (!existsSync(join(dist, 'index.html'))) throw new Error('web/dist is missing: run npm run build');
  const binary = program();
  const dir = mkdtempSync(join(tmpdir(), 'jn-e2e-'));
  const common = ['--db', `sqlite:${join(dir, 'jinnang.db')}`, '--data', dir, '--sandbox'];
  const said = execFileSync(binary, ['init', ...common, '--json'], { encoding: 'utf8' });
  const key = JSON.parse(said).api_key;
  const people = mint(`sqlite:${join(dir, 'jinnang.db')}`, dir);
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const child = spawn(binary, ['serve', ...common, '--listen', `127.0.0.1:${port}`, '--web', dist], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk) => {
    words = (words + String(chunk)).slice(-8000);
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    }
    rmSync(dir, { recursive: true, force: true });
    return child.exitCode;
  };
  try {
    await waitReady(base, child);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${words}`, { cause: error });
  }
  return { base, key, people, database: join(dir, 'jinnang.db'), stop };
}

export function createApi(base, key) {
  let number = 0;
  async function call(method, path, body) {
    const response = await fetch(base + path, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(method === 'POST' ? { 'Idempotency-Key': `e2e-${process.pid}-${number++}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
  const digits = '0123456789abcdefghjkmnpqrstvwxyz';
  let last = 0n;
  function drawId(prefix) {
    const value = (BigInt(Date.now()) << 21n) | BigInt(Math.floor(Math.random() * 2 ** 21));
    last = value > last ? value : last + 1n;
    let [text, rest] = ['', last];
    for (let i = 0; i < 13; i++) {
      text = digits[Number(rest & 31n)] + text;
      rest >>= 5n;
    }
    return `${prefix}_${text}`;
  }
  return {
    call,
    drawId,
    async open(kind, currency, extra = {}) {
      const said = await call('POST', '/v1/ledger/accounts', { accounts: [{ kind, currency, ...extra }] });
      if (said.results[0].code !== 'ok') throw new Error(`open ${kind}: ${JSON.stringify(said.results[0])}`);
      return said.results[0].id;
    },
    async move(debit, credit, amount, currency, code, extra = {}) {
      const id = drawId('tr');
      await call('PUT', `/v1/ledger/transfers/${id}`, {
        debit_account_id: debit, credit_account_id: credit, amount_minor: amount, currency, code, ...extra,
      });
      return id;
    },
  };
}

/** A day at a small wallet: top-ups, purchases, fees, a withdrawal, holds open and resolved. */
export async function seed(api) {
  const capped = { flags: ['debits_must_not_exceed_credits'] };
  const ids = {
    bank: await api.open('bank', 'CNY'),
    transitIn: await api.open('transit_in', 'CNY'),
    transitOut: await api.open('transit_out', 'CNY'),
    fees: await api.open('fee_income', 'CNY'),
    yenBank: await api.open('bank', 'JPY'),
    lin: await api.open('wallet', 'CNY', { owner: '1001', balance_max_minor: 10000000, ...capped }),
    mei: await api.open('wallet', 'CNY', { owner: '1002', ...capped }),
    bo: await api.open('wallet', 'CNY', { owner: '1003', ...capped }),
    yuki: await api.open('wallet', 'JPY', { owner: '1004', ...capped }),
    noodles: await api.open('merchant', 'CNY', { owner: '2001', ...capped }),
    books: await api.open('merchant', 'CNY', { owner: '2002', ...capped }),
  };
  const [topUp, send, buy, fee, out] = [10, 11, 20, 40, 30];
  await api.move(ids.bank, ids.lin, 320000, 'CNY', topUp);
  await api.move(ids.bank, ids.mei, 185000, 'CNY', topUp);
  await api.move(ids.transitIn, ids.bo, 50000, 'CNY', topUp);
  await api.move(ids.yenBank, ids.yuki, 128000, 'JPY', topUp);
  for (const [payer, shop, amount] of [
    ['lin', 'noodles', 2800], ['mei', 'noodles', 3600], ['lin', 'books', 12900], ['bo', 'books', 4850],
    ['mei', 'books', 8800], ['lin', 'noodles', 3150],
  ]) {
    await api.move(ids[payer], ids[shop], amount, 'CNY', buy, { reference: String(880000 + amount) });
    await api.move(ids[shop], ids.fees, Math.floor((amount * 6) / 1000), 'CNY', fee);
  }
  const transfer = await api.move(ids.lin, ids.mei, 1800, 'CNY', send);
  await api.move(ids.mei, ids.transitOut, 20000, 'CNY', out);
  const captured = await api.move(ids.bo, ids.books, 15000, 'CNY', buy, { flags: ['pending'], timeout_seconds: 86400 });
  const capture = api.drawId('tr');
  await api.call('PUT', `/v1/ledger/transfers/${capture}`, {
    flags: ['post_pending'], pending_id: captured, amount_minor: 11800, code: buy,
  });
  const hold = await api.move(ids.lin, ids.books, 58800, 'CNY', buy, { flags: ['pending'], timeout_seconds: 172800 });
  return { ...ids, transfer, captured, capture, hold };
}
