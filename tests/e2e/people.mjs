/* People for the wallet's tests. */

let count = 0;
/** A number that exists in the sandbox only; nobody else in this run has it. */
export function drawSandboxPhone() {
  count += 1;
  return `100${String(((Date.now() % 1_000_000) * 100 + count) % 100_000_000).padStart(8, '0')}`;
}
