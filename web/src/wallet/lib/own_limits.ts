/* What one's own limits may be, by what the class of the account allows. */
import type { MyLimits, Operation, OwnLimitPeriod } from '../../../generated/api';

export const OPERATIONS: readonly Operation[] = ['payment', 'transfer', 'withdrawal', 'top_up'];
export const PERIODS: readonly OwnLimitPeriod[] = ['each', 'day'];
/** Takes a limit of one's own away. */
export const NONE_MINOR = -1;

/** The most that the class allows; null: it has no such limit. */
export function mostOf(mine: Pick<MyLimits, 'limits'>, operation: Operation, period: OwnLimitPeriod): number | null {
  const amounts = mine.limits
    .filter((limit) => limit.period === period && limit.operations.includes(operation))
    .map((limit) => limit.amount_minor);
  return amounts.length === 0 ? null : Math.min(...amounts);
}
