/* How the console asks the server: with the staff cookie, in the person's language; and who is here. */
import { createContext, useContext, useMemo, useRef } from 'react';
import type { ReactNode } from 'react';
import { App as Feedback } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import type { Call, StaffCapability, StaffMember } from '../../generated/api';
import { ApiError, createCaller } from '../api/http';
import { useI18n } from './i18n';

export type Ask = <T>(call: Call<T>) => Promise<T>;
const AskContext = createContext<Ask | null>(null);
export const MemberContext = createContext<StaffMember | null>(null);

export function AskProvider({ children }: { children: ReactNode }) {
  const { lang } = useI18n();
  const queries = useQueryClient();
  const now = useRef(lang);
  now.current = lang;
  const ask = useMemo<Ask>(() => {
    const caller = createCaller(null, () => now.current, undefined, 'console');
    return async (call) => {
      try {
        return await caller.ask(call);
      } catch (error) {
        // The session ended while a page was open: whoever sits here signs in again.
        const ended = error instanceof ApiError && error.code === 'not_signed_in';
        if (ended && call.path !== '/v1/staff/me') void queries.invalidateQueries({ queryKey: ['me'] });
        throw error;
      }
    };
  }, [queries]);
  return <AskContext.Provider value={ask}>{children}</AskContext.Provider>;
}
export function useAsk(): Ask {
  const ask = useContext(AskContext);
  if (ask === null) throw new Error('useAsk outside AskProvider');
  return ask;
}
export function useMember(): StaffMember {
  const member = useContext(MemberContext);
  if (member === null) throw new Error('useMember outside the shell');
  return member;
}
export function useMay(capability: StaffCapability): boolean {
  return useMember().capabilities.includes(capability);
}
/** What went wrong in the server's own words. */
export function useSay(): (error: unknown) => void {
  const { message } = Feedback.useApp();
  const { t } = useI18n();
  return (error) => {
    const problem = error instanceof ApiError ? error : null;
    void message.error(
      problem === null || problem.kind === 'network' ? t('error.network.title') : `${problem.title} — ${problem.fix}`,
      8,
    );
  };
}
/** One intent, one key: kept until the intent succeeded. */
export function useIntent(): { key(): string; done(): void } {
  const held = useRef<string | null>(null);
  return {
    key: () => (held.current ??= crypto.randomUUID()),
    done: () => {
      held.current = null;
    },
  };
}
