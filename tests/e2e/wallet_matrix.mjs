/* Every route of the wallet in both languages and both themes, on a phone: nothing in the console, axe
 * finds nothing, no sideways scrolling at 320 px, targets of 44 px. */
import { join } from 'node:path';
import { expectEqual, OUT, settled } from './harness.mjs';
import { axe, noSideways, targets } from './matrix.mjs';
import { drawSandboxPhone } from './people.mjs';
import { openWallet, signUp } from './wallet.mjs';

const NOBODY = { welcome: '/', 'sign-up': '/sign-up', 'sign-in': '/sign-in', recover: '/recover', check: '/check', 'not-me': '/not-me' };
const PERSON = {
  home: '/', me: '/me', security: '/security', devices: '/security/devices', freeze: '/security/freeze',
  password: '/security/password', contacts: '/security/contacts',
  pin: '/security/pin', passkeys: '/security/passkeys', totp: '/security/totp', 'recovery-codes': '/security/recovery-codes',
  'access-log': '/security/access-log', privacy: '/privacy', messages: '/messages', identity: '/identity', cards: '/cards', limits: '/security/limits',
  preferences: '/messages/preferences',
  consents: '/privacy/consents', deletion: '/privacy/deletion',
  'not-found': '/no/such/page',
};

async function look(page, faults, name, path, lang, theme) {
  faults.length = 0;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(path);
  await settled(page);
  expectEqual(await page.evaluate(() => document.documentElement.lang), lang, 'language');
  await axe(page);
  await targets(page);
  await page.screenshot({ path: join(OUT, `wallet-${name}-${lang}-${theme}.png`), fullPage: true });
  await noSideways(page, 320);
  expectEqual(faults, [], 'console');
}

export async function walletMatrix(suite, browser, { base }) {
  const phone = drawSandboxPhone();
  const first = await openWallet(browser, base);
  await suite.check('wallet: somebody for every route', async () => {
    await signUp(first.page, phone);
    await first.page.getByRole('heading', { name: '账户已开通' }).waitFor();
  }, first.page);
  const state = await first.context.storageState();
  await first.context.close();
  for (const lang of ['en', 'zh-CN']) {
    for (const theme of ['light', 'dark']) {
      const nobody = await openWallet(browser, base, { lang, theme });
      for (const [name, path] of Object.entries(NOBODY)) {
        await suite.check(`wallet: ${name} · ${lang} · ${theme}`, () => look(nobody.page, nobody.faults, name, path, lang, theme), nobody.page);
      }
      await nobody.context.close();
      const person = await openWallet(browser, base, { lang, theme });
      await person.context.addCookies(state.cookies);
      for (const [name, path] of Object.entries(PERSON)) {
        await suite.check(`wallet: ${name} · ${lang} · ${theme}`, () => look(person.page, person.faults, name, path, lang, theme), person.page);
      }
      await person.context.close();
    }
  }
}
