/* The sandbox's mailbox: what arrives is shown as text with its code, in both languages and themes;
 * axe finds nothing, nothing scrolls sideways, and nothing that arrives runs. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { expect, expectEqual, openPage } from './harness.mjs';
import { axe, noSideways } from './matrix.mjs';
import { program } from './server.mjs';

const HOSTILE = '<img src=x onerror="document.title=1"> 654321';

function startMailbox() {
  return new Promise((resolve, reject) => {
    const child = spawn(program(), ['sandbox-mailbox', '--listen', '127.0.0.1:0', '--smtp', '127.0.0.1:0']);
    child.once('error', reject);
    child.stdout.once('data', (line) => {
      const [, base, port] = /mailbox on (\S+), smtp on port (\d+)/.exec(String(line));
      resolve({ child, base, port: Number(port) });
    });
  });
}

/** One mail, said to the server line by line. */
function mail(port, subject, text) {
  const lines = ['EHLO test', 'MAIL FROM:<a@b.test>', 'RCPT TO:<mei@mail.test>', 'DATA',
    `Subject: ${subject}\r\n\r\n${text}\r\n.`, 'QUIT'];
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('end', resolve);
    socket.on('data', (answer) => {
      // the last line of an answer has a space after its number
      if (/^\d{3} /m.test(String(answer)) && lines.length > 0) socket.write(`${lines.shift()}\r\n`);
    });
  });
}

export async function mailbox(suite, browser) {
  const { child, base, port } = await startMailbox();
  try {
    await mail(port, 'Code', HOSTILE);
    for (const lang of ['en', 'zh']) {
      for (const theme of ['light', 'dark']) {
        const { context, page, faults } = await openPage(browser, { base, app: '', lang, theme });
        await suite.check(`mailbox: ${lang}, ${theme}`, async () => {
          await page.goto(`/?lang=${lang}`);
          const first = page.locator('li', { hasText: HOSTILE.slice(0, 12) });
          await first.waitFor();
          expectEqual(await first.locator('.code').textContent(), '654321', 'the code');
          expect((await first.locator('.text').textContent()).includes(HOSTILE), 'shown as text');
          expectEqual(await page.locator('li img').count(), 0, 'pictures');
          expectEqual(await page.title(), lang === 'zh' ? '沙箱信箱 · Jinnang' : 'Sandbox mailbox · Jinnang', 'title');
          await axe(page);
          await noSideways(page, 320);
          await page.getByRole('searchbox').fill('nobody');
          await page.locator('li').first().waitFor({ state: 'detached' });
          await page.getByRole('searchbox').fill('');
          await mail(port, `Another ${lang} ${theme}`, '111222');
          await page.getByRole('heading', { name: `Another ${lang} ${theme}` }).waitFor();
          await first.waitFor();
          expectEqual(faults, [], 'console');
        }, page);
        await context.close();
      }
    }
  } finally {
    child.kill('SIGTERM');
  }
}
