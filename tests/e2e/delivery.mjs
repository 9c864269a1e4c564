/* How the app is delivered: policy headers, compression, cache, fallback for deep links, no inline code. */
import { expect, expectEqual, openPage, settled } from './harness.mjs';

export async function delivery(suite, browser, { base, key }, ids) {
  await suite.check('delivery: a strict content security policy', async () => {
    const response = await fetch(`${base}/explorer/`);
    const policy = response.headers.get('content-security-policy') ?? '';
    const script = /script-src ([^;]*)/.exec(policy)?.[1]?.trim();
    const style = /style-src ([^;]*)/.exec(policy)?.[1]?.trim();
    // WebAssembly will read QR codes; it runs no text as code.
    expect(script === "'self'" || script === "'self' 'wasm-unsafe-eval'", policy);
    expectEqual(style, "'self'", policy);
    expect(/require-trusted-types-for 'script'/.test(policy), `no Trusted Types: ${policy}`);
  });
  await suite.check('delivery: no inline script or style', async () => {
    const html = await (await fetch(`${base}/explorer/`)).text();
    expect(!/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i.test(html), html);
  });
  await suite.check('delivery: a deep link gets the app, an unknown file does not', async () => {
    const deep = await fetch(`${base}/explorer/accounts/${ids.lin}`, { headers: { Accept: 'text/html' } });
    expectEqual(deep.status, 200, 'deep link');
    expect((deep.headers.get('content-type') ?? '').startsWith('text/html'), 'type of the deep link');
    expectEqual((await fetch(`${base}/assets/no-such-file.js`)).status, 404, 'unknown file');
  });
  await suite.check('delivery: hashed files are compressed and cached for ever', async () => {
    const html = await (await fetch(`${base}/explorer/`)).text();
    const [, script] = /src="(\/explorer\/assets\/[^"]+\.js)"/.exec(html) ?? [];
    expect(script !== undefined, html);
    for (const encoding of ['br', 'gzip']) {
      const response = await fetch(base + script, { headers: { 'Accept-Encoding': encoding } });
      expectEqual(response.headers.get('content-encoding'), encoding, script);
      expect(/immutable|max-age=\d{7,}/.test(response.headers.get('cache-control') ?? ''), 'cache-control');
      await response.arrayBuffer();
    }
    const page = await fetch(`${base}/explorer/`);
    expect(!/immutable/.test(page.headers.get('cache-control') ?? ''), 'index.html must be revalidated');
  });
  await suite.check('delivery: the first load is at most 100 kB of script', async () => {
    const { context, page } = await openPage(browser, { base, key });
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    const scripts = new Map();
    session.on('Network.responseReceived', ({ requestId, type }) => type === 'Script' && scripts.set(requestId, 0));
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) scripts.set(requestId, encodedDataLength);
    });
    await page.goto('/');
    await settled(page);
    const total = [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(scripts.size > 1 && total > 10_000 && total <= 100_000, `${total} bytes in ${scripts.size} scripts`);
    await context.close();
  });
  await suite.check('delivery: after one visit the app starts without a network, and invents no data', async () => {
    const { context, page, faults } = await openPage(browser, { base, key });
    await page.goto('/verify');
    await settled(page);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((r) => new URL(r.url).pathname)));
      return all.flat();
    });
    expect(kept.includes('/explorer/') && kept.length > 10, `kept: ${kept.join(' ')}`);
    expectEqual(kept.filter((path) => /^\/(v1|log)/.test(path)), [], 'answers of the API that were kept');
    await context.setOffline(true);
    await page.goto('/verify');
    await page.getByText('You are offline').waitFor();
    await page.getByText('The server could not be reached').waitFor();
    await page.evaluate(() => sessionStorage.removeItem('jn.key'));
    await page.reload();
    await page.getByText('Choose a file').waitFor();
    expectEqual(faults, [], 'console');
    await context.close();
  });
  await suite.check('delivery: nothing moves when motion is reduced', async () => {
    const { context, page } = await openPage(browser, { base, key, reduced: true });
    await page.goto('/');
    await settled(page);
    const moving = await page.evaluate(() =>
      document.getAnimations().filter((a) => (a.effect?.getComputedTiming().duration ?? 0) > 1).length,
    );
    expectEqual(moving, 0, 'running animations');
    await context.close();
  });
}
