/* Every route in both languages and both themes: nothing in the console, axe finds nothing, no
 * sideways scrolling at 320 px; and on a phone, targets of 44 px. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectEqual, openPage, OUT, ROOT, settled } from './harness.mjs';

const AXE = readFileSync(join(ROOT, 'web/node_modules/axe-core/axe.min.js'), 'utf8');

export function routesOf(ids) {
  return {
    overview: '/',
    accounts: '/accounts',
    'account-entries': `/accounts/${ids.lin}`,
    'account-explain': `/accounts/${ids.lin}?tab=explain`,
    'account-statement': `/accounts/${ids.lin}?tab=statement`,
    'account-details': `/accounts/${ids.lin}?tab=details`,
    'account-new': '/accounts/new',
    transfers: '/transfers',
    transfer: `/transfers/${ids.transfer}`,
    hold: `/transfers/${ids.hold}`,
    receipt: `/transfers/${ids.transfer}/receipt`,
    'transfer-new': `/transfers/new?debit=${ids.lin}`,
    verify: '/verify',
    checkpoint: '/checkpoint',
    keys: '/keys',
    help: '/help',
    'not-found': '/no/such/page',
    'account-unknown': '/accounts/acc_0000000000zzz',
  };
}

export async function axe(page) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { violations: found } = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.map((rule) => `${rule.id}: ${rule.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`);
  });
  expectEqual(violations, [], 'axe');
}

export async function noSideways(page, width) {
  await page.setViewportSize({ width, height: 720 });
  const over = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= limit) return [];
    return [...document.querySelectorAll('body *')]
      .filter((el) => el.getBoundingClientRect().right > limit + 1)
      .slice(0, 5)
      .map((el) => `${el.tagName}.${String(el.className)}`);
  });
  expectEqual(over, [], `wider than ${width} px`);
}

/** Buttons, fields and navigation of a phone are at least 44 px in both directions; links inside
 * text are exempt (WCAG 2.5.8), rows of a table count by their line. */
export async function targets(page) {
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, select, textarea, input:not([type=checkbox]):not([type=file]), nav a, a.btn, summary, label.check')]
      .filter((el) => el.checkVisibility())
      .map((el) => [el, el.getBoundingClientRect()])
      .filter(([, box]) => box.width > 1 && (box.height < 43.5 || box.width < 43.5))
      .map(([el, box]) => `${el.tagName} "${(el.textContent || el.getAttribute('aria-label') || '').slice(0, 24)}" ${Math.round(box.width)}x${Math.round(box.height)}`),
  );
  expectEqual(small, [], 'targets below 44 px');
}

export async function matrix(suite, browser, { base, key }, ids) {
  const routes = routesOf(ids);
  for (const lang of ['en', 'zh-CN']) {
    for (const theme of ['light', 'dark']) {
      const { context, page, faults } = await openPage(browser, { base, key, lang, theme });
      for (const [name, path] of Object.entries(routes)) {
        await suite.check(`${name} · ${lang} · ${theme}`, async () => {
          faults.length = 0;
          await page.setViewportSize({ width: 1280, height: 860 });
          await page.goto(path);
          await settled(page);
          if (name === 'receipt') await page.getByTestId('proof').waitFor();
          if (name === 'overview') await page.locator('.table .num').first().waitFor();
          expectEqual(await page.evaluate(() => document.documentElement.lang), lang, 'language');
          await axe(page);
          await page.screenshot({ path: join(OUT, `${name}-${lang}-${theme}.png`) });
          await noSideways(page, 320);
          expectEqual(faults, [], 'console');
        }, page);
      }
      await context.close();
      const signedOut = await openPage(browser, { base, lang, theme });
      await suite.check(`sign-in · ${lang} · ${theme}`, async () => {
        await signedOut.page.goto('/');
        await settled(signedOut.page);
        await axe(signedOut.page);
        await signedOut.page.screenshot({ path: join(OUT, `sign-in-${lang}-${theme}.png`) });
        await noSideways(signedOut.page, 320);
        expectEqual(signedOut.faults, [], 'console');
      }, signedOut.page);
      await signedOut.context.close();
    }
  }
  const phone = await openPage(browser, { base, key, lang: 'zh-CN', width: 390, height: 844, touch: true });
  for (const [name, path] of Object.entries(routes)) {
    await suite.check(`${name} · phone · targets`, async () => {
      await phone.page.goto(path);
      await settled(phone.page);
      await targets(phone.page);
      await phone.page.screenshot({ path: join(OUT, `${name}-phone.png`) });
    }, phone.page);
  }
  await phone.context.close();
}
