/* The palette keeps its promise: text 4.5:1, borders of controls and graphics 3:1, in both themes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../src/style/tokens.css'), 'utf8');

function tokensOf(selector: string): Record<string, string> {
  const start = css.indexOf(selector);
  const block = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]));
}
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const TEXT: [string, string[]][] = [
  ['ink', ['paper', 'surface', 'sunk']],
  ['ink-2', ['paper', 'surface', 'sunk']],
  ['ink-3', ['paper', 'surface', 'sunk']],
  ['jade-ink', ['paper', 'surface', 'sunk', 'jade-soft']],
  ['cinnabar-ink', ['paper', 'surface', 'cinnabar-soft']],
  ['ochre-ink', ['ochre-soft', 'surface']],
  ['on-jade', ['jade', 'jade-hover']],
];
const SHAPES: [string, string[]][] = [
  ['line-strong', ['paper', 'surface', 'sunk']],
  ['jade', ['paper', 'surface', 'sunk']],
  ['cinnabar', ['paper', 'surface']],
  ['gold', ['surface']],
];

const pairs = (list: [string, string[]][]) =>
  list.flatMap(([front, backs]) => backs.map((back) => [front, back] as const));

describe.each([
  ['light', ':root {'],
  ['dark', ":root[data-theme='dark']"],
  ['dark by the system', ":root:not([data-theme='light'])"],
])('%s', (_name, selector) => {
  const tokens = tokensOf(selector);
  it.each(pairs(TEXT))('text %s on %s', (front, back) => {
    expect(contrast(tokens[front] ?? '', tokens[back] ?? '')).toBeGreaterThanOrEqual(4.5);
  });
  it.each(pairs(SHAPES))('shape %s on %s', (front, back) => {
    expect(contrast(tokens[front] ?? '', tokens[back] ?? '')).toBeGreaterThanOrEqual(3);
  });
});
it('both ways into the dark have the same palette', () => {
  expect(tokensOf(":root:not([data-theme='light'])")).toEqual(tokensOf(":root[data-theme='dark']"));
});
