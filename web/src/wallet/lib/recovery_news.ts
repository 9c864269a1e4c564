/* Whether a recovery of one's account goes on, by what one was told: the newest message about one says
 * that it started, and is not older than a recovery can be. */
import type { Message } from '../../../generated/api';

const STARTED = 'recovery_started';
const ABOUT = new Set([STARTED, 'recovery_finished', 'recovery_stopped']);
/** The longest waiting time (90 days) and the week after it in which a password may be set. */
const LONGEST_MS = 97 * 24 * 3_600_000;

/** `messages` newest first; null: none. */
export function recoveryGoingOn<M extends Pick<Message, 'topic' | 'created_at'>>(messages: readonly M[], now_ms: number): M | null {
  const newest = messages.find(({ topic }) => ABOUT.has(topic));
  if (newest === undefined || newest.topic !== STARTED) return null;
  return now_ms - Date.parse(newest.created_at) < LONGEST_MS ? newest : null;
}
