/* What went wrong with an action; nothing while nothing did. */
import { Problem } from '../../kit';

export function Trouble({ error }: { error: unknown }) {
  return error === null ? null : <Problem error={error} />;
}
