/* A QR code, black on white in either theme, so that every scanner reads it. */
import { encode } from 'uqr';

/** One path of unit squares for the dark modules. */
export function pathOf(data: readonly (readonly boolean[])[]): string {
  let path = '';
  for (const [y, line] of data.entries()) {
    for (const [x, dark] of line.entries()) if (dark) path += `M${x} ${y}h1v1h-1z`;
  }
  return path;
}

export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 2 });
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={pathOf(data)} fill="#000" />
    </svg>
  );
}
