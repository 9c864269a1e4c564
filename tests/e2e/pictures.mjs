/* The pictures of the READMEs, taken from the real program: node tests/e2e/pictures.mjs */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { launch, openPage, ROOT, settled } from './harness.mjs';
import { createApi, startServer } from './server.mjs';

const DIR = join(ROOT, 'docs/images');
const BYTES_MAX = 300_000;
const SECONDS = 40;
const [TOP_UP, SEND, BUY, WITHDRAW, FEE] = [10, 11, 20, 30, 40];

async function openAll(api) {
  const capped = { flags: ['debits_must_not_exceed_credits'] };
  const ids = { people: [], shops: [] };
  ids.bank = await api.open('bank', 'CNY');
  ids.transitIn = await api.open('transit_in', 'CNY');
  ids.transitOut = await api.open('transit_out', 'CNY');
  ids.fees = await api.open('fee_income', 'CNY');
  ids.own = await api.open('operator_bank', 'CNY');
  for (let n = 1; n <= 8; n++) ids.people.push(await api.open('wallet', 'CNY', { owner: String(1000 + n), ...capped }));
  for (let n = 1; n <= 3; n++) ids.shops.push(await api.open('merchant', 'CNY', { owner: String(2000 + n), ...capped }));
  return ids;
}

/** Something happens about every second, sometimes two things. */
async function live(api, ids) {
  for (const [n, person] of ids.people.entries()) await api.move(ids.bank, person, 128000 + n * 31450, 'CNY', TOP_UP);
  await api.move(ids.transitIn, ids.people[1], 50000, 'CNY', TOP_UP);
  await api.move(ids.people[2], ids.transitOut, 30000, 'CNY', WITHDRAW);
  await api.move(ids.people[0], ids.shops[1], 58800, 'CNY', BUY, { flags: ['pending'], timeout_seconds: 172800 });
  for (let second = 0; second < SECONDS; second++) {
    const payer = ids.people[(second * 5 + 1) % 8];
    const shop = ids.shops[second % 3];
    const amount = 1280 + ((second * 3719) % 9400);
    if (second % 7 === 3) await api.move(payer, ids.people[(second + 3) % 8], amount, 'CNY', SEND);
    else {
      await api.move(payer, shop, amount, 'CNY', BUY);
      if (second % 3 === 0) {
        const fee = Math.floor((amount * 6) / 1000);
        await api.move(shop, ids.fees, fee, 'CNY', FEE);
        await api.move(ids.own, ids.bank, fee, 'CNY', FEE); // out of the clients' bank at once
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 500 + ((second * 613) % 900)));
  }
}

const server = await startServer();
const browser = await launch();
try {
  mkdirSync(DIR, { recursive: true });
  const api = createApi(server.base, server.key);
  await live(api, await openAll(api));
  for (const [lang, name] of [['en', 'explorer-en'], ['zh-CN', 'explorer-zh']]) {
    const { context, page } = await openPage(browser, { ...server, lang, width: 1280, height: 1010 });
    await page.goto('/');
    await settled(page);
    await page.locator('.table .num').first().waitFor();
    await page.waitForTimeout(2500);
    const file = join(DIR, `${name}.png`);
    await page.screenshot({ path: file });
    await context.close();
    const bytes = statSync(file).size;
    process.stdout.write(`${file}: ${bytes} bytes\n`);
    if (bytes > BYTES_MAX) throw new Error(`${file} is larger than ${BYTES_MAX} bytes`);
  }
} finally {
  await browser.close();
  await server.stop();
}
