/* How much of something: drawn as SVG so that the content security policy needs no inline style. */

/** `part` of `whole`, both whole numbers; `tone` says what it means, words beside it say it again. */
export function Meter(props: { part: number; whole: number; label: string; tone?: 'good' | 'wait' | 'bad' }) {
  const { part, whole, label, tone = 'good' } = props;
  const width = whole > 0 ? Math.min(100, Math.max(0, Math.round((part * 100) / whole))) : 0;
  return (
    <svg className={`meter meter-${tone}`} viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect className="meter-back" width="100" height="6" />
      {width > 0 && <rect className="meter-part" width={width} height="6" />}
    </svg>
  );
}
