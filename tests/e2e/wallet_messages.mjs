/* Messages: live in the inbox, what comes and how, "it was not me", and whether it is really us. */
import { expect, expectEqual, settled } from './harness.mjs';
import { drawSandboxPhone } from './people.mjs';
import { openWallet, PASSWORD, signUp } from './wallet.mjs';

export async function walletMessages(suite, browser, { base }) {
  const phone = drawSandboxPhone();
  const { context, page, faults } = await openWallet(browser, base);
  let number = '';

  await suite.check('messages: a sign-in from another device arrives while one looks', async () => {
    await signUp(page, phone);
    await page.getByRole('link', { name: '进入钱包' }).click();
    await page.getByRole('link', { name: /消息/ }).click();
    await settled(page);
    const other = await openWallet(browser, base, { lang: 'en', touch: false, width: 1280 });
    await other.page.goto('/sign-in');
    await other.page.getByLabel('Phone number or e-mail').fill(phone);
    await other.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.page.getByRole('navigation', { name: 'Main' }).waitFor();
    const news = page.locator('.rows button.rows-row').first();
    await news.getByText('未读').waitFor();
    await news.click();
    await page.getByText('消息编号').waitFor();
    number = (await page.locator('.message-open .mono').first().textContent()).trim();
    await other.context.close();
  }, page);

  await suite.check('messages: preferences and the anti-phishing phrase are kept', async () => {
    await page.goto('/messages/preferences');
    await settled(page);
    await page.getByLabel('短信提醒起点').fill('100');
    await page.getByLabel('开始').fill('22:30');
    await page.getByLabel('您的暗语').fill('桂花开在月下');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存').waitFor();
    await page.reload();
    await settled(page);
    expectEqual(await page.getByLabel('短信提醒起点').inputValue(), '100.00', 'amount');
    expectEqual(await page.getByLabel('开始').inputValue(), '22:30', 'quiet from');
    await page.locator('.phrase').getByText('桂花开在月下').waitFor();
  }, page);

  const guest = await openWallet(browser, base);
  await suite.check('messages: is it really you, without an account', async () => {
    await guest.page.goto('/');
    await guest.page.getByRole('link', { name: '核验官方身份' }).click();
    await settled(guest.page);
    const ours = (await guest.page.locator('.rows .rows-title').first().textContent()).trim();
    await guest.page.getByLabel('要核验的内容').fill(ours);
    await guest.page.getByRole('button', { name: '核验' }).click();
    await guest.page.getByTestId('verdict').getByText('是官方的', { exact: true }).waitFor();
    await guest.page.getByLabel('要核验的内容').fill('http://jinnang-refund.example.top/login');
    await guest.page.getByRole('button', { name: '核验' }).click();
    await guest.page.getByTestId('verdict').getByText('不是官方的').waitFor();
    await guest.page.getByLabel('要核验的内容').fill(number);
    await guest.page.getByRole('button', { name: '核验' }).click();
    await guest.page.getByTestId('verdict').getByText('消息由我们发出').waitFor();
  }, guest.page);

  await suite.check('messages: it was not me, by the number alone, freezes and signs out', async () => {
    await guest.page.goto('/not-me');
    await guest.page.getByLabel('消息编号').fill(number);
    await guest.page.getByRole('button', { name: '不是本人操作，立即停用' }).click();
    await guest.page.getByText('账户已冻结').waitFor();
    await page.goto('/messages');
    await page.getByRole('link', { name: '登录' }).waitFor();
    expect(!(await page.getByRole('navigation', { name: '主导航' }).isVisible()), 'still signed in');
  }, guest.page);
  await guest.context.close();
  await suite.check('messages: nothing in the console', async () => expectEqual(faults, [], 'console'));
  await context.close();
}
