/* Somebody asked to get back into this account without its password: said where it cannot be missed,
 * with the way to stop it. What goes on is known by the message that told of it. */
import { Link } from 'wouter';
import { useState } from 'react';
import * as api from '../../../generated/api';
import { Banner, Button } from '../../kit';
import { useT } from '../i18n';
import { useAnswer, useStale } from '../kit/load';
import { Trouble } from '../kit/trouble';
import { recoveryGoingOn } from '../lib/recovery_news';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';

const MESSAGES = 100;

export function RecoveryNotice({ locked = false }: { locked?: boolean }) {
  const t = useT();
  const ask = useAsk();
  const stale = useStale();
  const [stopped, setStopped] = useState<string | null>(null);
  const newest = useAnswer(['messages', 'newest'], api.meMessagesGet({ limit: MESSAGES }));
  const news = newest.data === undefined ? null : recoveryGoingOn(newest.data.messages, Date.now());
  const stop = useAction(async (id: string) => {
    await ask(api.meRecoveryDelete());
    setStopped(id);
    await stale('messages');
  });
  if (stopped !== null && (news === null || news.id === stopped)) {
    return (
      <Banner tone="good" title={t('recovery.stopped')} role="status">
        {t('recovery.stopped.body')}{' '}
        {!locked && <Link href="/security/password">{t('security.password')}</Link>}
      </Banner>
    );
  }
  if (news === null) return null;
  return (
    <Banner tone="bad" icon="warn" title={news.title} role="alert">
      <div className="stack-2">
        <div>{news.text}</div>
        <Trouble error={stop.error} />
        <div>
          <Button look="harm" disabled={stop.busy} onClick={() => void stop.run(news.id)}>
            {t('recovery.stop')}
          </Button>
        </div>
      </div>
    </Banner>
  );
}
