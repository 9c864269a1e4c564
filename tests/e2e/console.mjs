/* The console: who may see what, a look with its reason, four eyes, staff; axe in both languages and themes. */
import { createHmac } from 'node:crypto';
import { expect, expectEqual, openPage, settled } from './harness.mjs';
import { axe } from './matrix.mjs';

const APP = '/console';

/** The code of RFC 6238 `steps` from now. */
function totp(secret, steps) {
  let bits = '';
  for (const digit of secret.replace(/[\s=]/g, '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(digit).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export async function openConsole(browser, { base, people }, who, options = {}) {
  const opened = await openPage(browser, { base, app: APP, ...options });
  if (who !== null) await opened.context.addCookies([{ name: 'jn_staff', value: people[who], url: base, httpOnly: true, sameSite: 'Strict' }]);
  return opened;
}
async function giveReason(page, words) {
  await page.getByLabel('Reason in words').fill(words);
  await page.getByRole('button', { name: 'Go on' }).click();
}
async function look(page, id) {
  await page.goto(`/people/${id}`);
  await giveReason(page, 'asked for help by phone');
  await page.getByRole('heading', { name: 'Who looked' }).waitFor();
}

export async function consoleApp(suite, browser, server) {
  const { base, people } = server;
  if (people === null) throw new Error('mint_people was not built: tools/build asan');

  await suite.check('console: styles carry the nonce of their own answer, and nothing breaks the policy', async () => {
    const first = await fetch(`${base}${APP}/`, { headers: { Accept: 'text/html' } });
    const policy = first.headers.get('content-security-policy') ?? '';
    const [, nonce] = /style-src 'self' 'nonce-([^']+)'/.exec(policy) ?? [];
    expect(nonce !== undefined && (await first.text()).includes(`content="${nonce}"`), policy);
    const { context, page, faults } = await openConsole(browser, server, 'staff');
    await page.goto('/people');
    await settled(page);
    expect(await page.evaluate(() => document.querySelectorAll('style').length > 0), 'the components wrote no style');
    expectEqual(faults, [], 'faults');
    await context.close();
  });

  await suite.check('console: nobody sees a page; signing in asks for a password', async () => {
    const { context, page, faults } = await openConsole(browser, server, null);
    await page.goto('/staff');
    await page.getByLabel('Password').waitFor();
    expectEqual(await page.getByRole('navigation').count(), 0, 'navigation');
    expectEqual(faults, [], 'faults');
    await context.close();
  });

  await suite.check('console: an invited member comes in with a password and an authenticator app', async () => {
    const said = await fetch(`${base}/v1/staff/members`, {
      method: 'POST', headers: { Authorization: `Bearer ${server.key}`, 'Content-Type': 'application/json', 'Idempotency-Key': `console-enrol-${process.pid}` },
      body: JSON.stringify({ name: 'Jim', email: 'jim@jinnang.example', personnel_number: 'P-1', language: 'en', roles: [], reason: 'joins the team' }),
    });
    const { secret } = await said.json();
    const { context, page, faults } = await openConsole(browser, server, null);
    await page.goto('/');
    await page.getByRole('button', { name: 'I have an invitation' }).click();
    await page.getByLabel('One-time secret').fill(secret);
    await page.getByLabel('New password').fill('granite-window-saffron-27');
    await page.getByRole('button', { name: 'Go on' }).click();
    const shown = await page.locator('.cs-secret').innerText();
    const code = async (steps) => {
      await page.getByLabel('Code', { exact: true }).fill(totp(shown, steps));
      await page.getByRole('button', { name: 'Go on' }).click();
    };
    await code(-1);
    await page.getByText('The app works.').waitFor();
    await axe(page);
    await code(0);
    await page.getByRole('navigation').waitFor();
    expectEqual(faults, [], 'faults');
    await context.close();
  });

  await suite.check('console: half signed in, the second factor is asked for', async () => {
    const { context, page } = await openConsole(browser, server, 'staff_signing_in');
    await page.goto('/people');
    await page.getByLabel('Code', { exact: true }).waitFor();
    await context.close();
  });

  await suite.check('console: places follow what one may do', async () => {
    const { context, page } = await openConsole(browser, server, 'staff_plain');
    await page.goto('/approvals');
    await settled(page);
    expectEqual(await page.getByRole('navigation').getByRole('link').allInnerTexts().then((all) => all.map((one) => one.trim())), ['Four eyes'], 'places');
    await context.close();
  });

  await suite.check('console: a person is found by a full number, looked at for a reason, and it is on record', async () => {
    const { context, page, faults } = await openConsole(browser, server, 'staff');
    await page.goto('/people');
    await page.getByLabel('Phone number').last().fill('138 0013 8000');
    await page.getByLabel('Reason in words').fill('asked for help by phone');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: /138\*\*\*\*8000/ }).click();
    await giveReason(page, 'calls about a payment');
    await page.getByRole('heading', { name: 'Who looked' }).waitFor();
    const looks = page.getByRole('region', { name: 'Who looked' }).getByRole('listitem');
    expect((await looks.first().innerText()).includes('calls about a payment'), await looks.first().innerText());
    expect(!(await page.content()).includes('13800138000'), 'a contact in full');
    await page.getByRole('button', { name: 'Show in full' }).click();
    await giveReason(page, 'to call her back');
    await page.getByText('+8613800138000').waitFor();
    expectEqual(faults, [], 'faults');
    await context.close();
  });

  await suite.check('console: a lock is put, proposed to be lifted, and lifted by another', async () => {
    const first = await openConsole(browser, server, 'staff');
    await look(first.page, people.minted_other_id);
    await first.page.getByRole('button', { name: 'Put a lock' }).click();
    await first.page.getByRole('radio', { name: 'Court order' }).check();
    await first.page.getByLabel('Looked at again by').fill('2099-01-01');
    await first.page.getByRole('dialog').getByRole('button', { name: 'Put a lock' }).click();
    await first.page.getByText('The lock holds.').waitFor();
    const row = first.page.getByRole('region', { name: 'Locks' }).getByRole('listitem').filter({ hasText: 'A court has ordered it' });
    await row.getByRole('button', { name: 'Propose to lift' }).click();
    await first.page.getByLabel('Reason in words').fill('the order was withdrawn');
    await first.page.getByRole('button', { name: 'Send' }).click();
    await first.page.getByText('A second person decides.').waitFor();
    await first.page.goto('/approvals');
    const mine = first.page.getByRole('listitem').filter({ hasText: 'the order was withdrawn' });
    await mine.getByRole('button', { name: 'Withdraw' }).waitFor();
    expectEqual(await mine.getByRole('button', { name: 'Approve' }).count(), 0, 'approving one\'s own');
    await first.context.close();
    const second = await openConsole(browser, server, 'staff_second');
    await second.page.goto('/approvals');
    const theirs = second.page.getByRole('listitem').filter({ hasText: 'the order was withdrawn' });
    await theirs.getByRole('button', { name: 'Approve' }).click();
    await second.page.getByLabel('Reason in words').fill('seen the withdrawal');
    await second.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await theirs.waitFor({ state: 'detached' });
    await look(second.page, people.minted_other_id);
    const after = second.page.getByRole('region', { name: 'Locks' }).getByRole('listitem').filter({ hasText: 'A court has ordered it' });
    await after.getByText('Ended').waitFor();
    await second.context.close();
  });

  await suite.check('console: an identity is looked at for a reason, and decided', async () => {
    const { context, page } = await openConsole(browser, server, 'staff');
    await page.goto('/reviews');
    await page.getByRole('button', { name: 'Look at the claim' }).first().click();
    await page.getByLabel('Reason in words').fill('my turn in the queue');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('李雷').waitFor();
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.getByLabel('Reason in words').fill('the photo shows somebody else');
    await page.getByRole('dialog').getByRole('button', { name: 'Refuse' }).click();
    await page.getByText('Nobody waits').waitFor();
    await context.close();
  });

  await suite.check('console: staff are invited, and their roles wait for a second person', async () => {
    const { context, page } = await openConsole(browser, server, 'staff');
    await page.goto('/staff');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByLabel('Name', { exact: true }).fill('Han Meimei');
    await page.getByLabel('E-mail').fill('han@jinnang.example');
    await page.getByLabel('Personnel number').fill('P-7');
    await page.getByRole('checkbox', { name: 'Support agent' }).check();
    await page.getByLabel('Reason in words').fill('joins the team');
    await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
    await page.getByText(/^je_[0-9a-z]{52}$/).waitFor();
    const row = page.getByRole('listitem').filter({ hasText: 'Han Meimei' });
    expect((await row.innerText()).includes('no roles'), await row.innerText());
    await context.close();
  });

  await suite.check('console: J and K walk the rows, ? shows the keys, and they can be turned off', async () => {
    const { context, page } = await openConsole(browser, server, 'staff');
    await page.goto('/staff');
    await page.getByRole('listitem').first().waitFor();
    await page.waitForLoadState('networkidle');
    const at = () => page.evaluate(() => [...document.querySelectorAll('[data-row]')].indexOf(document.activeElement));
    await page.keyboard.press('j');
    expectEqual(await at(), 0, 'after J');
    await page.keyboard.press('j');
    expectEqual(await at(), 1, 'after J J');
    await page.keyboard.press('k');
    expectEqual(await at(), 0, 'after K');
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Previous row').waitFor();
    await page.getByRole('switch', { name: 'Single keys act' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.locator('#content').focus();
    await page.keyboard.press('j');
    expectEqual(await at(), -1, 'keys are off');
    await context.close();
  });

  for (const lang of ['en', 'zh-CN']) {
    for (const theme of ['light', 'dark']) {
      await suite.check(`console: axe, ${lang}, ${theme}`, async () => {
        const { context, page, faults } = await openConsole(browser, server, 'staff', { lang, theme });
        for (const path of ['/people', '/reviews', '/contests', '/approvals', '/approvals?state=all', '/staff', '/nowhere']) {
          await page.goto(path);
          await settled(page).catch(() => page.locator('main').waitFor());
          await axe(page).catch((error) => { throw new Error(`${path}: ${error.message}`); });
        }
        await page.goto(`/people/${people.minted_id}`);
        await page.getByRole('dialog').waitFor();
        await page.waitForTimeout(300);
        await axe(page);
        await page.locator('textarea').fill('a look at how it reads');
        await page.locator('[role=dialog] button[type=submit]').click();
        await page.getByRole('heading', { level: 2 }).first().waitFor();
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
        await axe(page);
        expectEqual(faults, [], 'faults');
        await context.close();
        const nobody = await openConsole(browser, server, null, { lang, theme });
        await nobody.page.goto('/');
        await nobody.page.locator('form').waitFor();
        await axe(nobody.page);
        await nobody.context.close();
      });
    }
  }
}
