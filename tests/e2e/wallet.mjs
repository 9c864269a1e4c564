/* A person's way through the wallet: signing up, signing in, devices; on a phone, in Chinese. In the
 * sandbox a number +86 100… gets its own last six digits as code. */
import { expect, expectEqual, openPage, settled } from './harness.mjs';
import { drawSandboxPhone } from './people.mjs';

export const PASSWORD = 'gate lantern osmanthus 42';

export function openWallet(browser, base, options = {}) {
  return openPage(browser, { base, app: '', lang: 'zh-CN', width: 390, height: 844, touch: true, ...options });
}

/** From the number to the end of the password: the account is open then. */
export async function signUp(page, phone) {
  await page.goto('/sign-up');
  await page.getByLabel('手机号码').fill(phone);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码').fill(phone.slice(-6));
  await page.getByLabel('登录密码', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: '继续' }).click();
  for (const title of ['实名认证', '绑定本人银行卡']) {
    await page.getByRole('heading', { name: title }).first().waitFor();
    await page.getByRole('button', { name: '以后再说' }).click();
  }
  await page.getByRole('heading', { name: '账户已开通' }).waitFor();
}

export async function signIn(page, phone, password = PASSWORD) {
  await page.goto('/sign-in');
  await page.getByLabel('手机号码或邮箱').fill(phone);
  await page.getByLabel('登录密码', { exact: true }).fill(password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
}

export async function wallet(suite, browser, { base }) {
  const phone = drawSandboxPhone();
  const { context, page, faults } = await openWallet(browser, base);

  await suite.check('wallet: a number that cannot be is named beside its field', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: '注册' }).click();
    await page.getByLabel('手机号码').fill('12345');
    await page.getByRole('button', { name: '获取验证码' }).click();
    await page.getByText('请输入 11 位手机号').waitFor();
  }, page);

  await suite.check('wallet: signing up goes on where it was left', async () => {
    await page.getByLabel('手机号码').fill(phone);
    expectEqual(await page.getByLabel('手机号码').inputValue(), `${phone.slice(0, 3)} ${phone.slice(3, 7)} ${phone.slice(7)}`, 'grouping');
    await page.getByRole('button', { name: '获取验证码' }).click();
    await page.getByRole('heading', { name: '输入验证码' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '输入验证码' }).waitFor();
    await page.getByLabel('验证码').fill('000000');
    await page.getByRole('alert').getByText('验证码').first().waitFor();
    await page.getByLabel('验证码').fill(phone.slice(-6));
    await page.getByRole('heading', { name: '设置登录密码' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '设置登录密码' }).waitFor();
  }, page);

  await suite.check('wallet: a weak password is told why, and refused', async () => {
    const field = page.getByLabel('登录密码', { exact: true });
    await field.fill('password1');
    const strength = page.getByTestId('strength');
    await strength.getByText(/极弱|弱/).first().waitFor();
    await page.getByRole('button', { name: '继续' }).click();
    await page.getByRole('alert').waitFor();
    await field.fill(PASSWORD);
    await strength.getByText(/良好|很强/).waitFor();
    await page.getByRole('button', { name: '显示密码' }).click();
    expectEqual(await field.getAttribute('type'), 'text', 'shown');
  }, page);

  await suite.check('wallet: the account is open, and the cookie is no script’s business', async () => {
    await page.getByRole('button', { name: '继续' }).click();
    await page.getByRole('heading', { name: '实名认证' }).waitFor();
    await page.getByLabel('姓名').fill('李雷');
    await page.getByLabel('证件号码').fill('110105194912310021');
    await page.getByRole('button', { name: '提交认证' }).click();
    await page.getByText('校验位不符').waitFor();
    await page.getByRole('button', { name: '以后再说' }).click();
    await page.getByRole('heading', { name: '绑定本人银行卡' }).waitFor();
    await page.getByRole('button', { name: '以后再说' }).click();
    await page.getByRole('heading', { name: '账户已开通' }).waitFor();
    expectEqual(await page.evaluate(() => document.cookie), '', 'cookies that scripts see');
    const cookies = await context.cookies();
    const session = cookies.find(({ name }) => name === 'jn_session');
    expect(session !== undefined && session.httpOnly && session.sameSite === 'Strict', JSON.stringify(session));
    await page.getByRole('link', { name: '进入钱包' }).click();
    await page.getByRole('navigation', { name: '主导航' }).waitFor();
  }, page);

  await suite.check('wallet: sign out, and a wrong password is refused in place', async () => {
    await page.getByRole('link', { name: '我的' }).click();
    await page.getByText('100****').waitFor();
    await page.getByRole('button', { name: '退出登录' }).click();
    await page.getByRole('link', { name: '登录' }).waitFor();
    await signIn(page, phone, 'not the password');
    await page.getByRole('alert').waitFor();
    expectEqual(new URL(page.url()).pathname, '/sign-in', 'page');
  }, page);

  await suite.check('wallet: sign in; another device is listed and signed out', async () => {
    await signIn(page, phone);
    await page.getByRole('navigation', { name: '主导航' }).waitFor();
    const other = await openWallet(browser, base, { lang: 'en', touch: false, width: 1280 });
    await other.page.goto('/sign-in');
    await other.page.getByLabel('Phone number or e-mail').fill(phone);
    await other.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.goto('/security/devices');
    await settled(page);
    await page.getByText('本机').waitFor();
    await page.getByRole('button', { name: '退出该设备' }).click();
    await page.getByText('已退出 1 个会话').waitFor();
    expectEqual(await page.getByRole('button', { name: '退出该设备' }).count(), 0, 'others');
    await other.page.goto('/security/devices');
    await other.page.getByRole('link', { name: 'Sign in' }).waitFor();
    await other.context.close();
  }, page);

  await suite.check('wallet: a session that ended is said, not shown as an error', async () => {
    await page.goto('/me');
    await settled(page);
    await context.clearCookies();
    await page.getByRole('link', { name: '安全' }).click();
    await page.getByText('您已退出登录').waitFor();
  }, page);

  await suite.check('wallet: larger type is a choice of this browser', async () => {
    await signIn(page, phone);
    await page.getByRole('link', { name: '我的' }).click();
    await page.getByLabel('长辈版').check();
    await page.reload();
    await settled(page);
    expect(await page.evaluate(() => 'elder' in document.documentElement.dataset), 'not kept');
    await page.getByLabel('长辈版').uncheck();
  }, page);

  await suite.check('wallet: freeze, and see what stops, until when, and what still works', async () => {
    await page.goto('/security/freeze');
    await settled(page);
    await page.getByLabel('冻结多久').selectOption({ label: '3 天' });
    await page.getByRole('button', { name: '立即冻结账户' }).click();
    const lock = page.getByTestId('lock');
    await lock.getByText('由您本人设置').waitFor();
    await lock.getByText(/付款.*提现/).waitFor();
    await page.getByText('仍可使用').waitFor();
    expectEqual(await page.getByRole('button', { name: '立即冻结账户' }).count(), 0, 'a second freeze');
  }, page);

  await suite.check('wallet: a lock on signing in shows its reasons and nothing else', async () => {
    // Such a lock is put by staff or by guessing; here the server's answer is changed on its way.
    await page.route('**/v1/session', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), level: 'locked' } });
    });
    await page.goto('/me');
    await page.getByRole('heading', { name: '账户使用受限' }).waitFor();
    await page.getByTestId('lock').waitFor();
    expectEqual(await page.getByRole('navigation', { name: '主导航' }).count(), 0, 'tabs');
    await page.unroute('**/v1/session');
  }, page);

  await suite.check('wallet: lift the freeze, with a confirmation where one is', async () => {
    await page.goto('/security/freeze');
    await page.getByRole('button', { name: '解除冻结' }).click();
    const sheet = page.getByRole('dialog', { name: '请确认是您本人' });
    const lifted = page.getByText('已解除冻结');
    await sheet.or(lifted).first().waitFor();
    if (await sheet.isVisible()) {
      await sheet.getByRole('button', { name: '获取验证码' }).click();
      await sheet.locator('.cells-input').fill(phone.slice(-6));
    }
    await lifted.waitFor();
    await page.getByText('账户没有任何限制').waitFor();
  }, page);

  await suite.check('wallet: nothing in the console', async () => expectEqual(faults, [], 'console'));
  await context.close();
}
