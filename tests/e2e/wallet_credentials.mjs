/* A lost password: proofs, the waiting time, stopping it, the slip, the new password; and with a session:
 * another password, other contacts, lower limits, quick pay. Waiting times are shortened in the database, nothing else is. */
import { execFileSync } from 'node:child_process';
import { expect, expectEqual, settled } from './harness.mjs';
import { axe, noSideways, targets } from './matrix.mjs';
import { drawSandboxPhone } from './people.mjs';
import { openWallet, PASSWORD, signIn, signUp } from './wallet.mjs';
import { totpOf } from './wallet_factors.mjs';

const BETTER = 'harbour violet kettle 88';
const PIN = '260815';
const NEXT = 'plum orchard tin whistle 7';

/** The waiting time of every recovery is over. */
function endWaiting(database) {
  const code = 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=10) as db:\n'
    + '    db.execute("UPDATE recoveries SET ready_at_us = created_at_us WHERE state = 2")';
  execFileSync('/usr/bin/python3', ['-c', code, database]);
}

/** A step that has no address of its own, as the matrix looks at routes. */
async function seen(page) {
  const size = page.viewportSize();
  await axe(page);
  await targets(page);
  await noSideways(page, 320);
  await page.setViewportSize(size);
}

const home = (page) => page.getByRole('navigation', { name: '主导航' }).waitFor();

/** From the sign-in page to the code, and the code. */
async function recover(page, phone) {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: '忘记密码？' }).click();
  await page.getByLabel('手机号码或邮箱').fill(phone);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByRole('heading', { name: '输入验证码' }).waitFor();
  await page.getByLabel('验证码').fill(phone.slice(-6));
}

/** From the waiting time back to the beginning, which is asked about. */
async function leave(page) {
  await page.getByRole('button', { name: '重新开始' }).click();
  const dialog = page.getByRole('dialog', { name: '重新开始' });
  await dialog.getByText('已等待的时间将作废').waitFor();
  await dialog.getByRole('button', { name: '重新开始' }).click();
}

export async function walletCredentials(suite, browser, { base, database }) {
  const phone = drawSandboxPhone();
  const owner = await openWallet(browser, base);
  const other = await openWallet(browser, base, { theme: 'dark' });
  const { page } = other;
  let slip = '';

  await suite.check('recovery: no second proof is a longer wait, with its date', async () => {
    await signUp(owner.page, phone);
    await page.goto('/recover');
    await page.getByLabel('手机号码或邮箱').fill('12');
    await page.getByRole('button', { name: '获取验证码' }).click();
    await page.getByText('请输入手机号码或邮箱').waitFor();
    await recover(page, phone);
    await page.getByRole('heading', { name: '等待期' }).waitFor();
    await page.getByText('等待时间为通常的三倍').waitFor();
    const [from] = await page.locator('main time').evaluateAll((found) => found.map((time) => time.dateTime));
    const hours = (Date.parse(from) - Date.now()) / 3_600_000;
    expect(hours > 71 && hours <= 72, `${hours} hours`);
    await seen(page);
  }, page);

  await suite.check('recovery: goes on after a reload, and elsewhere by its slip', async () => {
    await page.reload();
    await page.getByRole('heading', { name: '等待期' }).waitFor();
    slip = await page.getByTestId('recovery-slip').textContent();
    const elsewhere = await openWallet(browser, base);
    await elsewhere.page.goto('/recover');
    await elsewhere.page.getByRole('button', { name: '我有找回凭条' }).click();
    await elsewhere.page.getByLabel('找回凭条').fill('nonsense');
    await elsewhere.page.getByRole('button', { name: '继续' }).click();
    await elsewhere.page.getByText('这不是找回凭条').waitFor();
    await elsewhere.page.getByLabel('找回凭条').fill(slip);
    await elsewhere.page.getByRole('button', { name: '继续' }).click();
    await elsewhere.page.getByLabel('登录密码', { exact: true }).fill(BETTER);
    await elsewhere.page.getByRole('button', { name: '设置新密码' }).click();
    await elsewhere.page.getByRole('heading', { name: '等待期' }).waitFor();
    await elsewhere.context.close();
  }, page);

  await suite.check('recovery: the owner sees it in the security centre and stops it', async () => {
    await owner.page.goto('/security');
    await owner.page.getByText('有人正在找回您的账户').first().waitFor();
    await seen(owner.page);
    await owner.page.getByRole('button', { name: '不是我，立即阻止' }).click();
    await owner.page.getByText('已阻止找回').waitFor();
    await owner.page.reload();
    await settled(owner.page);
    await owner.page.waitForFunction(() => !document.body.textContent.includes('有人正在找回您的账户'));
  }, owner.page);

  await suite.check('recovery: what was stopped says so, and begins anew', async () => {
    endWaiting(database);
    await leave(page);
    await page.getByRole('button', { name: '我有找回凭条' }).click();
    await page.getByLabel('找回凭条').fill(slip);
    await page.getByRole('button', { name: '继续' }).click();
    await page.getByLabel('登录密码', { exact: true }).fill(BETTER);
    await page.getByRole('button', { name: '设置新密码' }).click();
    await page.getByText('此次找回已结束').waitFor();
  }, page);

  await suite.check('recovery: a second proof where the account has one, then a new password', async () => {
    await owner.page.goto('/security/totp');
    await settled(owner.page);
    await owner.page.getByRole('button', { name: '设置动态口令' }).click();
    const secret = await owner.page.getByTestId('totp-secret').textContent();
    await owner.page.getByLabel('应用当前显示的数字').fill(totpOf(secret));
    await owner.page.getByText('动态口令已启用').waitFor();
    await recover(page, phone);
    await page.getByRole('heading', { name: '第二项证明' }).waitFor();
    await page.reload();
    await page.getByLabel('验证器应用显示的数字').waitFor();
    await seen(page);
    await page.getByLabel('验证器应用显示的数字').fill('000000');
    await page.getByRole('alert').waitFor();
    // one step ahead: the code of this step has been used
    await page.getByLabel('验证器应用显示的数字').fill(totpOf(secret, Date.now() + 30_000));
    await page.getByRole('heading', { name: '等待期' }).waitFor();
    slip = await page.getByTestId('recovery-slip').textContent();
    endWaiting(database);
    await leave(page);
    await page.getByRole('button', { name: '我有找回凭条' }).click();
    await page.getByLabel('找回凭条').fill(slip);
    await page.getByRole('button', { name: '继续' }).click();
    await page.getByLabel('登录密码', { exact: true }).fill('password1');
    await page.getByRole('button', { name: '设置新密码' }).click();
    await page.getByRole('alert').waitFor();
    await seen(page);
    await page.getByLabel('登录密码', { exact: true }).fill(BETTER);
    await page.getByRole('button', { name: '设置新密码' }).click();
    await page.getByRole('heading', { name: '新密码已设置' }).waitFor();
    expectEqual(await page.evaluate(() => sessionStorage.getItem('jn.recovery')), null, 'what is kept');
    await owner.page.goto('/security');
    await owner.page.getByRole('link', { name: '登录', exact: true }).waitFor();
    await signIn(owner.page, phone, BETTER);
    await owner.page.getByRole('heading', { name: '还差一步' }).waitFor();
  }, page);

  await suite.check('recovery: nothing in the console', async () => expectEqual([...owner.faults, ...other.faults], [], 'console'));
  await owner.context.close();
  await other.context.close();
  await credentials(suite, browser, base);
}

async function credentials(suite, browser, base) {
  const phone = drawSandboxPhone();
  const { context, page, faults } = await openWallet(browser, base);

  await suite.check('password: the present one is asked for, a weak one is refused', async () => {
    await signUp(page, phone);
    await page.goto('/security');
    await page.getByRole('link', { name: '修改登录密码' }).click();
    await page.getByLabel('当前登录密码').fill('not the password');
    await page.getByLabel('新的登录密码').fill(NEXT);
    await page.getByRole('button', { name: '修改密码', exact: true }).click();
    await page.getByText('当前密码不正确').waitFor();
    await page.getByLabel('当前登录密码').fill(PASSWORD);
    await page.getByLabel('新的登录密码').fill(PASSWORD);
    await page.getByText('与当前密码相同').waitFor();
    await page.getByLabel('新的登录密码').fill('password1');
    await page.getByRole('button', { name: '修改密码', exact: true }).click();
    await page.getByRole('alert').first().waitFor();
  }, page);

  await suite.check('password: changed, this device stays, another one does not', async () => {
    const other = await openWallet(browser, base);
    await signIn(other.page, phone);
    await home(other.page);
    await page.getByLabel('新的登录密码').fill(NEXT);
    await page.getByTestId('strength').getByText(/良好|很强/).waitFor();
    await page.getByRole('button', { name: '修改密码', exact: true }).click();
    await page.getByText('登录密码已修改').waitFor();
    await page.reload();
    await home(page);
    await other.page.goto('/security/devices');
    await other.page.getByRole('link', { name: '登录', exact: true }).waitFor();
    await signIn(other.page, phone, PASSWORD);
    await other.page.getByRole('alert').waitFor();
    await signIn(other.page, phone, NEXT);
    await home(other.page);
    await other.context.close();
  }, page);

  await suite.check('contacts: another one by its code, then given up; the last one stays', async () => {
    const second = drawSandboxPhone();
    await page.goto('/security/contacts');
    await settled(page);
    await page.getByText('唯一联系方式').waitFor();
    expectEqual(await page.getByRole('button', { name: /移除/ }).count(), 0, 'the last one');
    await page.getByRole('button', { name: '添加手机号码或邮箱' }).click();
    await page.getByLabel('新的手机号码或邮箱').fill(second);
    await seen(page);
    await page.getByLabel('当前登录密码').fill(NEXT);
    await page.getByRole('button', { name: '获取验证码' }).click();
    await page.getByLabel('验证码').waitFor();
    await page.reload();
    await page.getByText('未验证').waitFor();
    await page.getByRole('button', { name: '输入验证码' }).click();
    await page.getByLabel('验证码').fill('000000');
    await page.getByRole('alert').waitFor();
    await page.getByLabel('验证码').fill(second.slice(-6));
    await page.getByText('已验证并添加').waitFor();
    await page.getByText('未验证').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /移除/ }).nth(1).click();
    await page.getByRole('dialog').waitFor();
    await seen(page);
    await page.getByRole('dialog').getByRole('button', { name: '移除', exact: true }).click();
    await page.getByText('已移除').waitFor();
    await page.getByText('唯一联系方式').waitFor();
  }, page);

  await suite.check('limits: one lower holds at once, taking it away is confirmed and waits', async () => {
    await page.goto('/security/pin');
    await page.getByLabel('新的支付密码').fill(PIN);
    await page.getByLabel('再输入一次').fill(PIN);
    await page.getByRole('button', { name: '保存支付密码' }).click();
    const sheet = page.getByRole('dialog', { name: '请确认是您本人' });
    const saved = page.getByText('支付密码已设置');
    await sheet.or(saved).first().waitFor();
    if (await sheet.isVisible()) {
      await sheet.getByRole('button', { name: '获取验证码' }).click();
      await sheet.locator('.cells-input').fill(phone.slice(-6));
    }
    await saved.waitFor();
    await page.goto('/security');
    await page.getByRole('link', { name: '限额与剩余额度' }).click();
    await page.getByRole('button', { name: '设置限额' }).click();
    await page.getByText('请输入金额').waitFor();
    await page.getByLabel('上限', { exact: true }).fill('50');
    await page.getByRole('button', { name: '设置限额' }).click();
    await page.getByText('限额已生效').waitFor();
    const row = page.getByRole('listitem').filter({ hasText: '付款 · 每日' });
    await row.getByText('50.00').waitFor();
    await row.getByRole('button', { name: /取消/ }).click();
    await sheet.locator('.cells-input').fill(PIN);
    await page.getByText('已登记，等待期后生效').waitFor();
    await row.getByText('不设限').waitFor();
    await row.getByText('50.00').waitFor();
  }, page);

  await suite.check('quick pay: on with a confirmation, within what is allowed; off without', async () => {
    const form = page.getByRole('form', { name: '小额免密支付' });
    await form.getByLabel('单笔上限').fill('999999');
    await form.getByText('不能超过').waitFor();
    await form.getByLabel('单笔上限').fill('100');
    await form.getByLabel('单日上限').fill('99');
    await form.getByText('不能低于单笔上限').waitFor();
    await form.getByLabel('单日上限').fill('300');
    await form.getByRole('button', { name: '开启' }).click();
    await page.getByRole('dialog', { name: '请确认是您本人' }).locator('.cells-input').fill(PIN);
    await form.getByText('已开启', { exact: true }).waitFor();
    await page.reload();
    await form.getByText('已开启', { exact: true }).waitFor();
    await seen(page);
    expectEqual(await form.getByLabel('单日上限').inputValue(), '300.00', 'kept');
    await form.getByRole('button', { name: '关闭' }).click();
    await form.getByText('未开启', { exact: true }).waitFor();
  }, page);

  await suite.check('credentials: nothing in the console', async () => expectEqual(faults, [], 'console'));
  await context.close();
}
