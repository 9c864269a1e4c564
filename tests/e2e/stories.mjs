/* What people come for, in their own words and clicks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, expectEqual, openPage, OUT, settled } from './harness.mjs';

async function makeTransfer(page, from, to, amount, options = {}) {
  await page.goto('/transfers/new');
  await settled(page);
  await page.getByLabel('Debit account').fill(from);
  await page.getByLabel('Credit account').fill(to);
  await page.getByLabel('Amount').fill(amount);
  if (options.hold) await page.getByLabel(/^Hold only/).check();
  await page.getByRole('button', { name: options.hold ? 'Place the hold' : 'Post the transfer' }).click();
}

async function openAccount(page, kind, owner) {
  await page.goto('/accounts/new');
  await settled(page);
  await page.getByLabel('Kind').selectOption(kind);
  if (owner) await page.getByLabel(/^Owner/).fill(owner);
  await page.getByRole('button', { name: 'Open an account' }).click();
  await page.waitForURL(/\/accounts\/acc_/);
  return page.url().split('/').at(-1);
}

/** Changes one digit of the first long hex value found under a key. */
function tamper(document, path) {
  const copy = structuredClone(document);
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step];
  const last = path.at(-1);
  const value = at[last];
  if (typeof value === 'number') at[last] = value + 1;
  else if (typeof value !== 'string') at[last] = '0';
  else at[last] = value.replace(/[0-9a-f](?=[^0-9a-f]*$)/i, (digit) => (digit === '0' ? '1' : '0'));
  expect(JSON.stringify(copy) !== JSON.stringify(document), `nothing changed at ${path.join('.')}`);
  return copy;
}

/** Every place in a document that holds a number or a text, as paths. */
function leavesOf(value, path = []) {
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, Array.isArray(value) ? Number(key) : key]));
}

export async function stories(suite, browser, server, ids, api) {
  const { base, key } = server;
  const { context, page, faults } = await openPage(browser, { base, key });

  await suite.check('story: a wrong key is refused in place', async () => {
    const guest = await openPage(browser, { base });
    await guest.page.goto('/');
    await settled(guest.page);
    await guest.page.getByRole('button', { name: 'Sign in' }).click();
    await guest.page.getByText('Enter an API key').waitFor();
    await guest.page.getByLabel('API key').fill('jn_this_key_was_never_issued');
    await guest.page.getByRole('button', { name: 'Sign in' }).click();
    await guest.page.getByText('The server does not know this key').waitFor();
    await guest.context.close();
  }, page);

  await suite.check('story: sign in, the key stays in the tab, sign out forgets it', async () => {
    const guest = await openPage(browser, { base });
    await guest.page.goto('/');
    await guest.page.getByLabel('API key').fill(key);
    await guest.page.getByRole('button', { name: 'Sign in' }).click();
    await guest.page.getByRole('heading', { name: 'Overview' }).waitFor();
    const kept = await guest.page.evaluate((secret) => ({
      session: JSON.stringify(sessionStorage).includes(secret),
      local: JSON.stringify(localStorage).includes(secret),
      cookie: document.cookie.includes(secret),
    }), key);
    expectEqual(kept, { session: true, local: false, cookie: false }, 'where the key is');
    await guest.page.getByRole('button', { name: 'Sign out' }).click();
    await guest.page.getByLabel('API key').waitFor();
    expect(!(await guest.page.evaluate((s) => JSON.stringify(sessionStorage).includes(s), key)), 'key still there');
    await guest.context.close();
  }, page);

  await suite.check('story: the overview shows that the books balance', async () => {
    await page.goto('/');
    await settled(page);
    const card = page.getByTestId('totals-CNY');
    await card.getByText('Debits equal credits').waitFor();
    const figures = await card.locator('.sum dd').allTextContents();
    expectEqual(figures[0], figures[1], 'debits and credits');
    await page.getByTestId('totals-JPY').waitFor();
  }, page);

  let wallet = '';
  let shop = '';
  await suite.check('story: open two accounts', async () => {
    wallet = await openAccount(page, 'wallet', '7001');
    await page.getByText('No entries yet').waitFor();
    shop = await openAccount(page, 'merchant', '7002');
    expect(wallet !== shop, 'two accounts');
  }, page);

  const watcher = await openPage(browser, { base, key });
  await suite.check('story: the stream is live', async () => {
    await watcher.page.goto('/transfers');
    await settled(watcher.page);
    await watcher.page.locator('[data-testid=live-state][data-state=live]').first().waitFor();
  }, watcher.page);

  let transfer = '';
  await suite.check('story: a transfer is posted and another window sees it arrive', async () => {
    await makeTransfer(page, ids.bank, wallet, '1,234.56');
    await page.waitForURL(/\/transfers\/tr_/);
    transfer = page.url().split('/').at(-1);
    await page.getByText('1,234.56').first().waitFor();
    await watcher.page.locator(`a[href="/explorer/transfers/${transfer}"]`).waitFor();
  }, page);

  await suite.check('story: the stream can be paused and resumed', async () => {
    await watcher.page.getByRole('button', { name: 'Pause' }).click();
    await makeTransfer(page, wallet, shop, '4.20');
    await page.waitForURL(/\/transfers\/tr_/);
    const later = page.url().split('/').at(-1);
    await watcher.page.getByRole('button', { name: /Resume, 1 waiting/ }).waitFor();
    expectEqual(await watcher.page.locator(`a[href="/explorer/transfers/${later}"]`).count(), 0, 'shown while paused');
    await watcher.page.getByRole('button', { name: /Resume/ }).click();
    await watcher.page.locator(`a[href="/explorer/transfers/${later}"]`).waitFor();
  }, watcher.page);

  await suite.check('story: a lost connection is said and resumed without a gap', async () => {
    await watcher.context.setOffline(true);
    await watcher.page.getByText('You are offline').waitFor();
    await watcher.context.setOffline(false);
    await watcher.page.getByText('You are offline').waitFor({ state: 'detached' });
    await watcher.page.locator('[data-testid=live-state][data-state=live]').first().waitFor();
    await makeTransfer(page, wallet, shop, '0.07');
    await page.waitForURL(/\/transfers\/tr_/);
    await watcher.page.locator(`a[href="/explorer/transfers/${page.url().split('/').at(-1)}"]`).waitFor();
  }, watcher.page);
  await watcher.context.close();

  await suite.check('story: why is this balance what it is', async () => {
    await page.goto(`/accounts/${wallet}?tab=explain`);
    await settled(page);
    const card = page.getByTestId('explanation');
    await card.getByText('Adds up exactly').waitFor();
    await card.getByText('1,230.29').waitFor();
    expectEqual(await page.locator('tbody tr').count(), 3, 'entries');
    await page.locator('tfoot').getByText('1,230.29').waitFor();
  }, page);

  await suite.check('story: filters of the entries', async () => {
    await page.goto(`/accounts/${wallet}?side=debit`);
    await settled(page);
    await page.locator('tbody tr').first().waitFor();
    expectEqual(await page.locator('tbody tr').count(), 2, 'debits');
    await page.goto(`/accounts/${wallet}?min=1000`);
    await page.locator('tbody tr').first().waitFor();
    expectEqual(await page.locator('tbody tr').count(), 1, 'large entries');
    await page.goto(`/accounts/${wallet}?with=${shop}&order=oldest`);
    await page.getByText('−4.20').first().waitFor();
    expectEqual(await page.locator('tbody tr').count(), 2, 'with one counterparty');
  }, page);

  await suite.check('story: the balance at a past time', async () => {
    await page.goto(`/accounts/${ids.lin}?tab=details`);
    await settled(page);
    await page.getByLabel('Time, in your zone').fill('2099-01-01T00:00:00');
    await page.getByText(/^After \d+ entries$/).waitFor();
    await page.getByLabel('Time, in your zone').fill('2001-01-01T00:00:00');
    await page.getByRole('alert').waitFor();
  }, page);

  await suite.check('story: too little money is refused with what to do, and nothing moved', async () => {
    await makeTransfer(page, wallet, shop, '999999');
    const alert = page.getByRole('alert').filter({ hasText: 'No money moved.' });
    await alert.waitFor();
    await page.getByText(/Trace id/).waitFor();
    await page.goto(`/accounts/${wallet}`);
    await page.getByText('1,230.29').first().waitFor();
  }, page);

  await suite.check('story: mistakes are caught beside their fields', async () => {
    await makeTransfer(page, wallet, wallet, '1.234');
    await page.getByText('The two accounts must differ').waitFor();
    await page.getByText('CNY has 2 decimals').waitFor();
    expectEqual(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')), 'true', 'focus');
  }, page);

  await suite.check('story: a lost answer is "being confirmed", and sending again posts once', async () => {
    let lost = 0;
    await page.route('**/v1/ledger/transfers/tr_*', async (route) => {
      if (route.request().method() === 'PUT' && lost++ === 0) {
        await route.fetch(); // The server carries it out; the answer never arrives.
        await route.abort('connectionreset');
      } else await route.continue();
    });
    await makeTransfer(page, wallet, shop, '0.30');
    await page.getByText('Result being confirmed').waitFor();
    expectEqual(await page.getByText(/failed/i).count(), 0, 'the word failed');
    await page.getByRole('button', { name: 'Confirm with the same number' }).click();
    await page.waitForURL(/\/transfers\/tr_/);
    await page.unroute('**/v1/ledger/transfers/tr_*');
    await page.goto(`/accounts/${wallet}`);
    await page.getByText('1,229.99').first().waitFor();
  }, page);

  let hold = '';
  await suite.check('story: a hold lowers what is available, then part of it is captured', async () => {
    await makeTransfer(page, wallet, shop, '200', { hold: true });
    await page.waitForURL(/\/transfers\/tr_/);
    hold = page.url().split('/').at(-1);
    await page.getByTestId('hold').getByText('Open', { exact: true }).waitFor();
    await page.goto(`/accounts/${wallet}`);
    await page.getByText('1,029.99').first().waitFor();
    await page.goto(`/transfers/${hold}`);
    await page.getByRole('button', { name: 'Capture' }).click();
    await page.getByLabel('Amount to capture').fill('200.01');
    await page.getByRole('dialog').getByRole('button', { name: 'Capture' }).click();
    await page.getByText('No more than what is held').waitFor();
    await page.getByLabel('Amount to capture').fill('150');
    await page.getByRole('dialog').getByRole('button', { name: 'Capture' }).click();
    const card = page.getByTestId('hold');
    await card.getByText('150.00').waitFor();
    await card.getByText('50.00', { exact: false }).first().waitFor();
    expectEqual(await page.getByRole('button', { name: 'Void' }).count(), 0, 'a resolved hold offers nothing');
    await page.goto(`/accounts/${wallet}`);
    await page.getByText('1,079.99').first().waitFor();
  }, page);

  await suite.check('story: another hold is voided', async () => {
    await makeTransfer(page, wallet, shop, '10', { hold: true });
    await page.waitForURL(/\/transfers\/tr_/);
    await page.getByRole('button', { name: 'Void' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Void' }).click();
    await page.getByTestId('hold').getByText('Voided').first().waitFor();
  }, page);

  await suite.check('story: the chain leads from entry to entry', async () => {
    await page.goto(`/transfers/${transfer}`);
    await settled(page);
    const credited = page.getByRole('region', { name: 'Credited account' });
    await credited.getByText('First entry').waitFor();
    await credited.locator('.chain-end').last().getByRole('link').click();
    await page.waitForURL((url) => !url.pathname.endsWith(transfer));
    await page.getByText('4.20').first().waitFor();
  }, page);

  await suite.check('story: the log key is compared and pinned', async () => {
    await page.goto('/checkpoint');
    await settled(page);
    await page.getByText('First visit').waitFor();
    await page.getByRole('button', { name: 'I compared it: pin this key' }).click();
    await page.getByText('Pinned in this browser').waitFor();
  }, page);

  let receipt = null;
  await suite.check('story: a receipt is verified step by step in the browser', async () => {
    await page.goto(`/transfers/${transfer}/receipt`);
    const proof = page.getByTestId('proof');
    await proof.waitFor();
    expectEqual(await proof.getAttribute('data-ok'), 'true', await proof.innerText());
    expect((await page.locator('[data-check][data-outcome=passed]').count()) >= 6, 'checks shown');
    await proof.getByText('1,234.56').first().waitFor();
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the file' }).click();
    const file = join(OUT, 'receipt.json');
    await (await waiting).saveAs(file);
    receipt = JSON.parse(readFileSync(file, 'utf8'));
    await page.screenshot({ path: join(OUT, 'receipt-verified.png'), fullPage: true });
  }, page);

  await suite.check('story: the saved file verifies without a key, offline', async () => {
    const guest = await openPage(browser, { base });
    await guest.page.goto('/verify');
    await settled(guest.page);
    const file = join(OUT, 'receipt.json');
    await guest.page.waitForLoadState('networkidle');
    await guest.context.setOffline(true);
    await guest.page.getByText('You are offline').waitFor();
    await guest.page.locator('input[type=file]').setInputFiles(file);
    const proof = guest.page.getByTestId('proof');
    await proof.waitFor();
    await proof.getByText('signed by a key you have not pinned').waitFor();
    expectEqual(await guest.page.locator('[data-outcome=failed]').count(), 1, 'only the unknown key');
    await guest.context.close();
  }, page);

  await suite.check('story: a receipt changed anywhere is refused, and the failed check is named', async () => {
    await page.goto('/verify');
    await settled(page);
    // The list of keys is a hint that leads from a pinned key to the one that signed; what it says
    // beyond that proves nothing and is not relied on.
    const paths = leavesOf(receipt).filter(([first]) => first !== 'keys');
    expect(paths.length > 8, 'a receipt has many parts');
    const missed = [];
    for (const path of paths) {
      const file = join(OUT, 'tampered.json');
      writeFileSync(file, JSON.stringify(tamper(receipt, path)));
      await page.locator('input[type=file]').setInputFiles(file);
      const proof = page.getByTestId('proof');
      await proof.waitFor();
      const ok = await proof.getAttribute('data-ok');
      const failed = await page.locator('[data-outcome=failed]').count();
      if (ok !== 'false' || failed === 0) missed.push(path.join('.'));
    }
    expectEqual(missed, [], 'changes that were not noticed');
    await page.getByText('Do not trust this file').waitFor();
    await page.screenshot({ path: join(OUT, 'receipt-tampered.png'), fullPage: true });
  }, page);

  await suite.check('story: nonsense and half a file are refused calmly', async () => {
    for (const text of ['', 'hello', '{"format":"jinnang-receipt-v1"}', JSON.stringify(receipt).slice(0, 300), '[[[[', 'null']) {
      const file = join(OUT, 'nonsense.json');
      writeFileSync(file, text);
      await page.locator('input[type=file]').setInputFiles(file);
      const proof = page.getByTestId('proof');
      await proof.waitFor();
      expectEqual(await proof.getAttribute('data-ok'), 'false', text);
    }
  }, page);

  await suite.check('story: a complete statement is fetched and verified', async () => {
    await page.goto(`/accounts/${wallet}?tab=statement`);
    await settled(page);
    await page.getByRole('button', { name: 'Fetch and verify' }).click();
    const proof = page.getByTestId('proof');
    await proof.waitFor();
    expectEqual(await proof.getAttribute('data-ok'), 'true', await proof.innerText());
    expectEqual(await proof.getAttribute('data-kind'), 'statement', 'kind');
  }, page);

  await suite.check('story: on the next visit the log proves that it only grew', async () => {
    await page.goto('/checkpoint');
    await settled(page);
    await page.getByText(/only grew since your last visit|Unchanged since your last visit/).waitFor();
    await page.getByRole('heading', { name: 'Seen by this browser' }).waitFor();
  }, page);

  await suite.check('story: a log that forgot is called out', async () => {
    await page.evaluate(() => {
      const seen = JSON.parse(localStorage.getItem('jn.log.seen'));
      const [newest] = seen;
      const lines = newest.note.split('\n');
      lines[2] = lines[2].startsWith('A') ? `B${lines[2].slice(1)}` : `A${lines[2].slice(1)}`;
      newest.note = lines.join('\n');
      localStorage.setItem('jn.log.seen', JSON.stringify([newest]));
    });
    await page.reload();
    await page.getByText('The log contradicts what it showed you before').waitFor();
    await page.evaluate(() => localStorage.removeItem('jn.log.seen'));
  }, page);

  await suite.check('story: an API key is created, shown once, used, and revoked', async () => {
    await page.goto('/keys');
    await settled(page);
    await page.getByRole('button', { name: 'Create a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('checkout');
    await dialog.getByRole('button', { name: 'Create a key' }).click();
    const secret = (await page.getByTestId('secret').innerText()).trim();
    const asks = () => fetch(`${base}/v1/whoami`, { headers: { Authorization: `Bearer ${secret}` } });
    expectEqual((await asks()).status, 200, 'the new key works');
    await page.getByRole('button', { name: 'I have kept it' }).click();
    expect(!(await page.content()).includes(secret), 'the secret is gone from the page');
    await page.getByRole('button', { name: 'Revoke checkout' }).click();
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'Revoke' });
    expect(await confirm.isDisabled(), 'not before the name is typed');
    await page.getByLabel(/^Type checkout/).fill('checkout');
    await confirm.click();
    await page.locator('tr', { hasText: 'checkout' }).getByText('Revoked').waitFor();
    expectEqual((await asks()).status, 401, 'the revoked key is refused');
  }, page);

  await suite.check('story: a key revoked while it is used leads back to the door, and says so', async () => {
    const made = await api.call('POST', '/v1/api-keys', { name: 'visitor', scopes: ['ledger:read'] });
    const guest = await openPage(browser, { base, key: made.secret });
    await guest.page.goto('/accounts');
    await settled(guest.page);
    expectEqual(await guest.page.getByRole('link', { name: 'Open an account' }).count(), 0, 'a reader is offered nothing to write');
    expectEqual(await guest.page.getByRole('link', { name: 'API keys' }).count(), 0, 'a reader sees no keys');
    await api.call('DELETE', `/v1/api-keys/${made.id}`);
    await guest.page.getByRole('link', { name: 'Transfers' }).first().click();
    await guest.page.goto(`/accounts/${ids.mei}`);
    await guest.page.getByText('This key stopped working').waitFor();
    await guest.context.close();
  }, page);

  await suite.check('story: language and theme change without a reload', async () => {
    await page.goto('/accounts');
    await settled(page);
    await page.evaluate(() => {
      window.sameDocument = true;
    });
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '账户', level: 1 }).waitFor();
    expectEqual(await page.evaluate(() => document.documentElement.lang), 'zh-CN', 'lang');
    await page.getByRole('button', { name: '深色' }).click();
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expectEqual(paper, 'rgb(19, 22, 20)', 'dark paper');
    expect(await page.evaluate(() => window.sameDocument === true), 'no reload');
    await page.reload();
    await page.getByRole('heading', { name: '账户', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: 'As the system' }).click();
  }, page);

  await suite.check('story: errors speak the language of the page', async () => {
    await page.getByRole('button', { name: '中文' }).click();
    await page.goto('/accounts/acc_0000000000zzz');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(/[\u4e00-\u9fff]/.test(await alert.innerText()), await alert.innerText());
    await page.getByRole('button', { name: 'English' }).click();
  }, page);

  await suite.check('stories: nothing in the console', async () => expectEqual(faults, [], 'console'));
  await context.close();
}
