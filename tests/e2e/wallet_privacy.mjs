/* One's own data: who looked, the copy, consents, and the end of the account. */
import { readFileSync } from 'node:fs';
import { expect, expectEqual, settled } from './harness.mjs';
import { drawSandboxPhone } from './people.mjs';
import { openWallet, signUp } from './wallet.mjs';

export async function walletPrivacy(suite, browser, { base }) {
  const { context, page, faults } = await openWallet(browser, base);
  await suite.check('privacy: nobody of the staff looked, the wallet itself did', async () => {
    await signUp(page, drawSandboxPhone());
    await page.getByRole('link', { name: '进入钱包' }).click();
    await page.goto('/security/access-log');
    await settled(page);
    await page.getByText('没有人查看过您的资料').waitFor();
  }, page);

  await suite.check('privacy: all my data as a file', async () => {
    await page.goto('/privacy');
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: '数据版 (JSON)' }).click();
    const file = await (await waiting).path();
    const all = JSON.parse(readFileSync(file, 'utf8'));
    expect(JSON.stringify(all).includes('100'), 'the phone number is in it');
    const reading = page.waitForEvent('download');
    await page.getByRole('button', { name: '阅读版' }).click();
    expect(/<html/i.test(readFileSync(await (await reading).path(), 'utf8')), 'a page to read');
  }, page);

  await suite.check('privacy: a consent is given and taken back', async () => {
    await page.goto('/privacy/consents');
    await settled(page);
    const free = page.locator('section.card').filter({ hasNot: page.getByText('使用账户所必需') }).first();
    await free.getByRole('button', { name: '同意', exact: true }).click();
    await free.getByText('已同意').waitFor();
    await free.getByRole('button', { name: '撤回' }).click();
    await free.getByText('未同意').waitFor();
  }, page);

  await suite.check('privacy: ending the account says what goes and what stays, and can be taken back', async () => {
    await page.goto('/privacy/deletion');
    await settled(page);
    await page.getByRole('heading', { name: '将删除' }).waitFor();
    await page.getByRole('heading', { name: '必须保留' }).waitFor();
    const end = page.getByRole('button', { name: '注销账户' });
    expect(await end.isDisabled(), 'without having read');
    await page.getByLabel('我已阅读').check();
    await end.click();
    await page.getByText('账户正在注销').waitFor();
    await page.getByRole('button', { name: '保留账户' }).click();
    await page.getByText('账户正在注销').waitFor({ state: 'detached' });
  }, page);
  await suite.check('privacy: nothing in the console', async () => expectEqual(faults, [], 'console'));
  await context.close();
}
