/* npm run e2e: the explorer, the wallet and the console in Chromium against the real server. Screenshots go to build/e2e. */
import { consoleApp } from './console.mjs';
import { createSuite, launch } from './harness.mjs';
import { keyboard } from './keyboard.mjs';
import { mailbox } from './mailbox.mjs';
import { matrix } from './matrix.mjs';
import { createApi, seed, startServer } from './server.mjs';
import { delivery } from './delivery.mjs';
import { stories } from './stories.mjs';
import { wallet } from './wallet.mjs';
import { walletCredentials } from './wallet_credentials.mjs';
import { walletFactors } from './wallet_factors.mjs';
import { walletMessages } from './wallet_messages.mjs';
import { walletPrivacy } from './wallet_privacy.mjs';
import { walletMatrix } from './wallet_matrix.mjs';

const SUITES = {
  delivery, stories, keyboard, matrix, wallet, walletFactors, walletCredentials, walletMessages, walletPrivacy, walletMatrix, mailbox, console: consoleApp,
};
const wanted = process.argv.slice(2);

const begun = performance.now();
const server = await startServer();
const suite = createSuite();
let browser = null;
try {
  const api = createApi(server.base, server.key);
  const ids = await seed(api);
  browser = await launch();
  for (const [name, run] of Object.entries(SUITES)) {
    if (wanted.length === 0 || wanted.includes(name)) await run(suite, browser, server, ids, api);
  }
} catch (error) {
  suite.results.failed += 1;
  process.stdout.write(`FAIL  the run itself: ${error.stack}\n`);
} finally {
  await browser?.close();
  await server.stop();
}
const { passed, failed } = suite.results;
process.stdout.write(`${Math.round((performance.now() - begun) / 1000)} s\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
