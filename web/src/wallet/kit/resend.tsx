/* "Send again", and when that is possible. */
import { useEffect, useState } from 'react';
import { Button } from '../../kit';
import { useT } from '../i18n';

export function useCountdown(until_ms: number): number {
  const left = () => Math.max(0, Math.ceil((until_ms - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const tick = () => setSeconds(Math.max(0, Math.ceil((until_ms - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [until_ms]);
  return seconds;
}

export function Resend(props: { after_ms: number; busy: boolean; onSend: () => void }) {
  const t = useT();
  const seconds = useCountdown(props.after_ms);
  return (
    <Button look="quiet" disabled={seconds > 0 || props.busy} onClick={props.onSend}>
      {seconds > 0 ? t('code.resend.in', { count: seconds }) : t('code.resend')}
    </Button>
  );
}
