/* People for the wallet's tests. */

let count = 0;
/** A number that exists in the sandbox only; nobody else in this run has it. */
export function drawSandboxPhone() {
  count += 1;
  return `100${String(((Date.now() % 1_000_000) * 100 + count) % 100_000_000).padStart(8, '0')}`;
}
/** Chromium's own authenticator: has a passkey's keys, says yes without asking. */
export async function addAuthenticator(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  return { session, authenticatorId };
}
