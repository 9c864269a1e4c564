/* Without a mouse: sign in, find the way, post a transfer, capture a hold; the focus always shows. */
import { expect, expectEqual, openPage, settled } from './harness.mjs';

const TABS_MAX = 60;

/** Presses Tab until the focused element's name matches; each stop must have a visible outline. */
async function tabTo(page, name, { back = false } = {}) {
  for (let n = 0; n < TABS_MAX; n++) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    const at = await page.evaluate(() => {
      const el = document.activeElement;
      if (el === null || el === document.body) return null;
      const label = el.labels?.[0]?.textContent ?? '';
      const style = getComputedStyle(el);
      return {
        name: (el.getAttribute('aria-label') ?? (label || el.textContent || '')).trim(),
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        main: el.id === 'main',
      };
    });
    if (at === null || at.main) continue;
    expect(at.seen, `no visible focus on "${at.name}"`);
    if (name.test(at.name)) return;
  }
  throw new Error(`Tab never reached ${name}`);
}

export async function keyboard(suite, browser, { base, key }, ids, api) {
  const { context, page, faults } = await openPage(browser, { base, lang: 'en' });
  await suite.check('keyboard: sign in', async () => {
    await page.goto('/');
    await settled(page);
    await tabTo(page, /^API key/);
    await page.keyboard.type(key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  }, page);
  await suite.check('keyboard: the skip link leads to the content', async () => {
    await page.reload();
    await settled(page);
    await page.keyboard.press('Tab');
    expectEqual(await page.evaluate(() => document.activeElement?.textContent), 'Skip to content', 'first stop');
    await page.keyboard.press('Enter');
    expectEqual(await page.evaluate(() => document.activeElement?.id), 'main', 'focus');
  }, page);
  await suite.check('keyboard: post a transfer', async () => {
    await tabTo(page, /^Make a transfer/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Make a transfer' }).waitFor();
    await tabTo(page, /^Debit account/);
    await page.keyboard.type(ids.lin);
    await tabTo(page, /^Credit account/);
    await page.keyboard.type(ids.mei);
    await tabTo(page, /^Amount/);
    await page.keyboard.type('1.23');
    await tabTo(page, /^Post the transfer/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Transfer', exact: true, level: 1 }).waitFor();
    await page.getByText('1.23').first().waitFor();
  }, page);
  await suite.check('keyboard: capture a hold in a dialog, focus comes back', async () => {
    const hold = await api.move(ids.lin, ids.noodles, 900, 'CNY', 20, { flags: ['pending'], timeout_seconds: 600 });
    await page.goto(`/transfers/${hold}`);
    await settled(page);
    await tabTo(page, /^Capture$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expectEqual(await page.evaluate(() => document.activeElement?.textContent), 'Capture', 'focus after Escape');
    await page.keyboard.press('Enter');
    await tabTo(page, /^Amount to capture/);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('5.00');
    await page.keyboard.press('Enter');
    await page.getByTestId('hold').getByText('Captured').first().waitFor();
  }, page);
  await suite.check('keyboard: nothing in the console', async () => expectEqual(faults, [], 'console'));
  await context.close();
}
