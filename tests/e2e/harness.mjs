/* A small runner: named checks in order, a line for each, counts at the end. A failure keeps a
 * screenshot and goes on, so that one run shows everything that is wrong. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '../../web/node_modules/playwright-core/index.mjs';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const OUT = join(ROOT, 'build/e2e');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const STEP_MS = 10_000;
const CHECK_MS = 60_000;

export function launch() {
  mkdirSync(OUT, { recursive: true });
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A page signed in (or not) in one language and theme; console errors are collected. `app`: where the
 * app under test lives; page.goto(path) is within it. */
export async function openPage(browser, options) {
  const { base, key, app = '/explorer', lang = 'en', theme = 'light', width = 1280, height = 860, touch = false, reduced = false } = options;
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width, height },
    colorScheme: theme,
    locale: lang,
    timezoneId: 'Asia/Shanghai',
    hasTouch: touch,
    isMobile: touch,
    reducedMotion: reduced ? 'reduce' : 'no-preference',
    acceptDownloads: true,
  });
  await context.addInitScript(
    ([storedLang, storedKey]) => {
      if (!localStorage.getItem('jn.lang')) localStorage.setItem('jn.lang', storedLang);
      if (storedKey && !sessionStorage.getItem('jn.signed')) {
        sessionStorage.setItem('jn.key', storedKey);
        sessionStorage.setItem('jn.signed', '1');
      }
    },
    [lang, key ?? null],
  );
  const page = await context.newPage();
  const goto = page.goto.bind(page);
  page.goto = (path, ...rest) => goto(app + path, ...rest);
  page.setDefaultTimeout(STEP_MS);
  const faults = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // Chromium writes a line for each answer of 4xx; those are what some checks provoke.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) {
      faults.push(`console: ${message.text()}`);
    }
  });
  return { context, page, faults };
}

/** Shown and settled: something in main, no skeleton, fonts there. */
export async function settled(page) {
  await page.locator('main h1, main form').first().waitFor();
  await page.waitForFunction(() => document.querySelector('.skeleton') === null);
  await page.evaluate(() => document.fonts.ready);
}

/** A check that waits for ever is a failed check. */
async function withLimit(work) {
  let timer;
  const limit = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${CHECK_MS} ms`)), CHECK_MS);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

export function createSuite() {
  const results = { passed: 0, failed: 0, failures: [] };
  return {
    results,
    async check(name, run, page = null) {
      const begun = performance.now();
      try {
        await withLimit(run());
        results.passed += 1;
        process.stdout.write(`ok    ${name} (${Math.round(performance.now() - begun)} ms)\n`);
      } catch (error) {
        results.failed += 1;
        results.failures.push(name);
        const file = `failed-${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png`;
        await page?.screenshot({ path: join(OUT, file), fullPage: true }).catch(() => undefined);
        process.stdout.write(`FAIL  ${name}\n      ${String(error.message ?? error).split('\n').slice(0, 12).join('\n      ')}\n`);
      }
    },
  };
}

export function expect(condition, text) {
  if (!condition) throw new Error(text);
}
export function expectEqual(actual, wanted, text) {
  const [a, w] = [JSON.stringify(actual), JSON.stringify(wanted)];
  if (a !== w) throw new Error(`${text}: expected ${w}, found ${a}`);
}
