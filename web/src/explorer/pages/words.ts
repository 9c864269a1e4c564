/* Words for the ledger's own terms, in the language of the page. */
import { useI18n } from '../i18n';
import type { Tone } from '../../kit';
import type { ChartKind, Hold, Phase } from '../api/model';
import { useChart } from '../api/queries';

export function useKinds() {
  const { lang } = useI18n();
  const { data } = useChart();
  const kinds: ChartKind[] = data ?? [];
  const titleOf = (kind: string) => {
    const found = kinds.find((item) => item.kind === kind);
    if (found === undefined) return kind;
    return lang === 'en' ? found.titleEn : found.titleZh;
  };
  return { kinds, titleOf };
}

export const PHASE_TONE: Record<Phase, Tone> = {
  posted: 'good', hold: 'wait', capture: 'good', void: 'plain', expiry: 'plain',
};
export function phaseKey(phase: Phase): `phase.${Phase}` {
  return `phase.${phase}`;
}
export const HOLD_TONE: Record<Hold['state'], Tone> = {
  open: 'wait', posted: 'good', voided: 'plain', expired: 'plain',
};

/** Groups of the chart, by the hundreds of a kind's number. */
export const GROUPS = ['1', '2', '3', '4', '5'] as const;
export function groupOf(number: number): (typeof GROUPS)[number] {
  const first = String(number).charAt(0);
  return GROUPS.find((group) => group === first) ?? '5';
}
