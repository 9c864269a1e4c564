/* The live stream: pause to read, resume to catch up; filters of what is shown. */
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useT } from '../i18n';
import { Banner, Button, Empty, Icon, TextField } from '../../kit';
import { isId } from '../../lib/ids';
import { useMay } from '../session';
import { useLive } from '../session/live';
import type { LiveRow } from '../session/live';
import { LiveTable } from './live_table';
import { LiveState, PageHead } from './shell';

export function Transfers() {
  const t = useT();
  const live = useLive();
  const mayWrite = useMay('ledger:write');
  const [frozen, setFrozen] = useState<{ rows: LiveRow[]; received: number } | null>(null);
  const rows = frozen?.rows ?? live.rows;
  const waiting = frozen === null ? 0 : live.received - frozen.received;
  return (
    <>
      <PageHead title={t('transfers.title')} lead={t('transfers.lead')}>
        {mayWrite && (
          <Link className="btn btn-main" href="/transfers/new">
            <Icon name="plus" size={16} />
            {t('transfer.make')}
          </Link>
        )}
      </PageHead>
      <FindTransfer />
      {live.state === 'waiting' && <Banner tone="wait" title={t('live.lost.title')}>{t('live.lost.body')}</Banner>}
      {live.state === 'refused' && <Banner tone="bad" title={t('live.refused.title')}>{t('live.refused.body')}</Banner>}
      <section className="card card-flush" aria-label={t('transfers.title')}>
        <div className="card-head">
          <div className="row">
            <LiveState />
            <span className="small muted">{t('transfers.received', { count: live.received })}</span>
          </div>
          <Button
            small
            icon={frozen === null ? 'pause' : 'play'}
            aria-pressed={frozen !== null}
            onClick={() => setFrozen(frozen === null ? { rows: live.rows, received: live.received } : null)}
          >
            {frozen === null ? t('transfers.pause') : t('transfers.resume', { count: waiting })}
          </Button>
        </div>
        {rows.length === 0 ? (
          <Empty
            title={t('transfers.empty.title')}
            action={
              mayWrite && (
                <Link className="btn btn-main" href="/transfers/new">
                  {t('transfer.make')}
                </Link>
              )
            }
          >
            {t('transfers.empty.body')}
          </Empty>
        ) : (
          <LiveTable rows={rows} caption={t('transfers.title')} />
        )}
      </section>
    </>
  );
}

function FindTransfer() {
  const t = useT();
  const [, go] = useLocation();
  const [id, setId] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  return (
    <form
      className="find"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = id.trim();
        if (isId('tr', wanted)) go(`/transfers/${wanted}`);
        else setFault(t('transfers.find.fault'));
      }}
    >
      <div className="grow">
        <TextField
          label={t('transfers.find')}
          value={id}
          fault={fault}
          placeholder="tr_01hq3k9zv5w8x"
          autoComplete="off"
          spellCheck={false}
          onText={(text) => {
            setId(text);
            setFault(null);
          }}
        />
      </div>
      <Button type="submit" icon="search">
        {t('action.find')}
      </Button>
    </form>
  );
}
