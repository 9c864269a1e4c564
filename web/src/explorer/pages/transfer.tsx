/* One transfer: what moved, both sides as they stood after it, its place in both chains, its hold. */
import { useState } from 'react';
import { Link } from 'wouter';
import type { Hold, Leg, Side, Transfer as Moved } from '../api/model';
import { normalBalance } from '../api/model';
import { useAccount, useHold, useNextEntry, useTransfer } from '../api/queries';
import { useT } from '../i18n';
import { Amount, Badge, Button, Facts, Icon, Id, Loaded, Time } from '../../kit';
import { useMay } from '../session';
import { ResolveHold } from './resolve_hold';
import { PageHead } from './shell';
import { HOLD_TONE, PHASE_TONE, phaseKey, useKinds } from './words';

export function TransferPage({ id }: { id: string }) {
  const t = useT();
  const transfer = useTransfer(id);
  return (
    <>
      <PageHead
        title={t('transfer.title')}
        lead={<Id id={id} full copy />}
        back={{ href: '/transfers', label: t('nav.transfers') }}
      >
        <Link className="btn btn-plain" href={`/transfers/${id}/receipt`}>
          <Icon name="verify" size={16} />
          {t('receipt.open')}
        </Link>
      </PageHead>
      <Loaded query={transfer}>{(moved) => <Detail transfer={moved} />}</Loaded>
    </>
  );
}

function Detail({ transfer }: { transfer: Moved }) {
  const t = useT();
  const isHold = transfer.phase === 'hold';
  return (
    <>
      <section className="card stack">
        <div className="row-between">
          <div className="headline">
            <Amount minor={transfer.amount} currency={transfer.currency} />
          </div>
          <Badge tone={PHASE_TONE[transfer.phase]}>{t(phaseKey(transfer.phase))}</Badge>
        </div>
        <p className="soft">{t(`phase.${transfer.phase}.means`)}</p>
        <Facts
          facts={[
            { label: t('field.posted_at'), value: <Time iso={transfer.createdAt} /> },
            { label: t('field.code'), value: <span className="num">{transfer.code}</span> },
            transfer.reference === null
              ? null
              : { label: t('field.reference'), value: <span className="num">{transfer.reference}</span> },
            transfer.pendingId === null
              ? null
              : { label: t('field.hold'), value: <Id id={transfer.pendingId} href={`/transfers/${transfer.pendingId}`} /> },
            transfer.expiresAt === null
              ? null
              : { label: t('field.expires_at'), value: <Time iso={transfer.expiresAt} /> },
            transfer.linked ? { label: t('field.linked'), value: t('transfer.linked') } : null,
            transfer.closes === null
              ? null
              : { label: t('field.closes'), value: t(`transfer.closes.${transfer.closes}`) },
            transfer.commitment === null
              ? null
              : { label: t('field.commitment'), value: <span className="hash">{transfer.commitment}</span> },
          ]}
        />
      </section>
      {isHold && <HoldCard transfer={transfer} />}
      <div className="grid-2">
        <LegCard side="debit" leg={transfer.debit} transfer={transfer} />
        <LegCard side="credit" leg={transfer.credit} transfer={transfer} />
      </div>
    </>
  );
}

function HoldCard({ transfer }: { transfer: Moved }) {
  const t = useT();
  const hold = useHold(transfer.id, true);
  const mayWrite = useMay('ledger:write');
  const [action, setAction] = useState<'capture' | 'void' | null>(null);
  const { currency } = transfer;
  return (
    <section className="card stack" data-testid="hold">
      <Loaded query={hold} rows={2}>
        {(state: Hold) => (
          <>
            <div className="row-between">
              <h2>{t('hold.title')}</h2>
              <Badge tone={HOLD_TONE[state.state]}>{t(`hold.state.${state.state}`)}</Badge>
            </div>
            {state.state === 'open' ? (
              <p className="soft">{transfer.expiresAt === null ? t('hold.open.forever') : t('hold.open')}</p>
            ) : (
              <HoldSplit captured={state.captured} released={state.released} currency={currency} />
            )}
            {state.resolvedBy !== null && (
              <Facts
                facts={[{ label: t('hold.resolved_by'), value: <Id id={state.resolvedBy} href={`/transfers/${state.resolvedBy}`} /> }]}
              />
            )}
            {state.state === 'open' && mayWrite && (
              <div className="actions">
                <Button look="main" onClick={() => setAction('capture')}>
                  {t('hold.capture')}
                </Button>
                <Button onClick={() => setAction('void')}>{t('hold.void')}</Button>
              </div>
            )}
          </>
        )}
      </Loaded>
      {action !== null && <ResolveHold transfer={transfer} action={action} onClose={() => setAction(null)} />}
    </section>
  );
}

function HoldSplit({ captured, released, currency }: { captured: number; released: number; currency: string }) {
  const t = useT();
  return (
    <Facts
      facts={[
        { label: t('hold.captured'), value: <Amount minor={captured} currency={currency} /> },
        { label: t('hold.released'), value: <Amount minor={released} currency={currency} /> },
        { label: t('hold.held'), value: <Amount minor={captured + released} currency={currency} /> },
      ]}
    />
  );
}

function LegCard({ side, leg, transfer }: { side: Side; leg: Leg; transfer: Moved }) {
  const t = useT();
  const account = useAccount(leg.account);
  const { titleOf } = useKinds();
  const { currency } = transfer;
  const normal = account.data?.normalSide ?? null;
  return (
    <section className="card stack" aria-label={t(`side.${side}.card`)}>
      <div className="row-between">
        <h2>{t(`side.${side}.card`)}</h2>
        <Badge>{t(`side.${side}`)}</Badge>
      </div>
      <Facts
        facts={[
          {
            label: t('field.account'),
            value: <Id id={leg.account} href={`/accounts/${leg.account}`} copy />,
          },
          account.data === undefined ? null : { label: t('field.kind'), value: titleOf(account.data.kind) },
          normal === null
            ? null
            : {
                label: t('field.balance_after'),
                value: <Amount minor={normalBalance(leg.posted, normal)} currency={currency} />,
              },
          leg.heldDebits === 0
            ? null
            : { label: t('field.held_debits'), value: <Amount minor={leg.heldDebits} currency={currency} /> },
          leg.heldCredits === 0
            ? null
            : { label: t('field.held_credits'), value: <Amount minor={leg.heldCredits} currency={currency} /> },
        ]}
      />
      <div className="chain">
        <ChainLink label={t('chain.prev')} id={leg.prev} none={t('chain.first')} />
        <span className="chain-here">
          <span className="small muted">{t('field.seq')}</span>
          <span className="num">#{leg.seq}</span>
        </span>
        <NextLink leg={leg} createdAt={transfer.createdAt} />
      </div>
      <details>
        <summary>
          <span className="chevron">
            <Icon name="right" size={14} />
          </span>
          {t('chain.hash')}
        </summary>
        <p className="hash">{leg.hash}</p>
      </details>
    </section>
  );
}

function ChainLink({ label, id, none }: { label: string; id: string | null; none: string }) {
  return (
    <span className="chain-end">
      <span className="small muted">{label}</span>
      {id === null ? <span className="small">{none}</span> : <Id id={id} href={`/transfers/${id}`} />}
    </span>
  );
}

/** The next entry on this account: asked for only here, since a transfer cannot know its future. */
function NextLink({ leg, createdAt }: { leg: Leg; createdAt: string }) {
  const t = useT();
  const next = useNextEntry(leg.account, leg.seq, createdAt);
  return <ChainLink label={t('chain.next')} id={next.data ?? null} none={t('chain.last')} />;
}
