/* What one can show beside the password: PIN, TOTP, passkeys, recovery codes; signing in with each, and
 * a confirmation asked for in place. Passkeys belong to a name, so the pages are asked of localhost. */
import { createHmac } from 'node:crypto';
import { expect, expectEqual, settled } from './harness.mjs';
import { addAuthenticator, drawSandboxPhone } from './people.mjs';
import { openWallet, signIn, signUp } from './wallet.mjs';

const PIN = '260815';
const STEP_S = 30;

/** RFC 6238 with SHA-1 and six digits, of a base32 secret. */
export function totpOf(secret, at_ms = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = '';
  for (const letter of secret.replace(/\s/g, '').toUpperCase()) bits += alphabet.indexOf(letter).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at_ms / 1000 / STEP_S)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac[19] & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
/** Each step's code counts once: the next one that the server will take. */
async function nextTotp(page, secret, used) {
  for (;;) {
    const code = totpOf(secret);
    if (!used.has(code)) {
      used.add(code);
      return code;
    }
    await page.waitForTimeout(500);
  }
}

const home = (page) => page.getByRole('navigation', { name: '主导航' }).waitFor();
async function out(page) {
  await page.goto('/me');
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.getByRole('link', { name: '登录', exact: true }).waitFor();
}

export async function walletFactors(suite, browser, { base }) {
  const phone = drawSandboxPhone();
  const { context, page, faults } = await openWallet(browser, base.replace('127.0.0.1', 'localhost'));
  const used = new Set();
  let secret = '';
  let codes = [];

  await suite.check('factors: a payment PIN, chosen with care', async () => {
    await signUp(page, phone);
    await page.getByRole('heading', { name: '账户已开通' }).waitFor();
    await page.getByRole('link', { name: '设置支付密码' }).click();
    await page.getByLabel('新的支付密码').fill('123456');
    await page.getByText('最容易被猜中').waitFor();
    await page.getByLabel('新的支付密码').fill(PIN);
    await page.getByLabel('再输入一次').fill(PIN);
    await page.getByRole('button', { name: '保存支付密码' }).click();
    await page.getByText('支付密码已设置').waitFor();
  }, page);

  await suite.check('factors: a confirmation is asked for in place, and the request goes on', async () => {
    // A password alone is not enough to change how one confirms: a code comes in, or another way.
    const other = await openWallet(browser, base);
    await signIn(other.page, phone);
    await home(other.page);
    await other.page.goto('/security/pin');
    await settled(other.page);
    await other.page.getByLabel('新的支付密码').fill('730914');
    await other.page.getByLabel('再输入一次').fill('730914');
    await other.page.getByRole('button', { name: '保存支付密码' }).click();
    const sheet = other.page.getByRole('dialog', { name: '请确认是您本人' });
    await sheet.getByTestId('confirm-purpose').waitFor();
    await other.page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    expectEqual(await other.page.getByRole('alert').count(), 0, 'giving up is no error');
    await other.page.getByRole('button', { name: '保存支付密码' }).click();
    await sheet.waitFor();
    await sheet.getByRole('button', { name: '获取验证码' }).click();
    await sheet.locator('.cells-input').fill(phone.slice(-6));
    await other.page.getByText('支付密码已设置').waitFor();
    await other.context.close();
  }, page);

  await suite.check('factors: a passkey of this device', async () => {
    await addAuthenticator(page);
    await page.goto('/security/passkeys');
    await settled(page);
    await page.getByRole('button', { name: '添加通行密钥' }).click();
    await page.getByText('通行密钥已添加').waitFor();
  }, page);

  await suite.check('factors: recovery codes, shown once', async () => {
    await page.goto('/security/recovery-codes');
    await settled(page);
    await page.getByRole('button', { name: '生成新的恢复码' }).click();
    await page.getByTestId('recovery-codes').waitFor();
    codes = await page.getByTestId('recovery-codes').locator('li').allTextContents();
    expect(codes.length >= 8, `${codes.length} codes`);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: '保存为文件' }).click();
    await saved;
    await page.getByRole('button', { name: '我已妥善保存' }).click();
    expectEqual(await page.getByTestId('recovery-codes').count(), 0, 'still shown');
  }, page);

  await suite.check('factors: TOTP by its secret', async () => {
    await page.goto('/security/totp');
    await settled(page);
    await page.getByRole('button', { name: '设置动态口令' }).click();
    await page.getByRole('img', { name: /二维码/ }).waitFor();
    secret = await page.getByTestId('totp-secret').textContent();
    await page.getByLabel('应用当前显示的数字').fill(await nextTotp(page, secret, used));
    await page.getByText('动态口令已启用').waitFor();
  }, page);

  await suite.check('factors: the security centre counts them', async () => {
    await page.goto('/security');
    await settled(page);
    await page.getByText('各项防护均已就绪').waitFor();
  }, page);

  await suite.check('factors: a password alone does not let in any more; TOTP does', async () => {
    await out(page);
    await signIn(page, phone);
    await page.getByRole('heading', { name: '还差一步' }).waitFor();
    await page.getByLabel('验证器应用显示的数字').fill(await nextTotp(page, secret, used));
    await home(page);
  }, page);

  await suite.check('factors: a recovery code lets in once', async () => {
    await out(page);
    await signIn(page, phone);
    await page.getByRole('button', { name: '恢复码' }).click();
    await page.getByLabel('恢复码').fill(codes[0]);
    await page.getByRole('button', { name: '继续' }).click();
    await home(page);
  }, page);

  await suite.check('factors: a passkey lets in without a password', async () => {
    await out(page);
    await page.goto('/sign-in');
    await page.getByRole('button', { name: '用通行密钥登录' }).click();
    await home(page);
  }, page);

  await suite.check('factors: nothing in the console', async () => expectEqual(faults, [], 'console'));
  await context.close();
}
