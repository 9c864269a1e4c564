/* Binding a bank card: the number, checked for slips here; then the code that the bank's phone gets. */
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import * as api from '../../../generated/api';
import type { Card, CardList } from '../../../generated/api';
import { Banner, Button, TextField } from '../../kit';
import { useI18n, useT } from '../i18n';
import { Cells } from '../kit/cells';
import { useStale } from '../kit/load';
import { Resend } from '../kit/resend';
import { Trouble } from '../kit/trouble';
import { cardFault, groupCard, plainCard } from '../lib/people';
import { fieldFault, useAction } from '../session/action';
import { useAsk } from '../session/ask';

const POLL_MS = 1000;

export function useCards() {
  const ask = useAsk();
  return useQuery({
    queryKey: ['cards'],
    queryFn: () => ask(api.meCardsGet()),
    refetchInterval: ({ state }) => (isWaiting(state.data) ? POLL_MS : false),
  });
}
function isWaiting(list: CardList | undefined): boolean {
  return list?.cards.some(({ state }) => state === 'checking') ?? false;
}
/** The card that is being bound; null: none is. */
export function openOf(list: CardList): Card | null {
  return list.cards.find(({ state }) => state === 'checking' || state === 'code_sent') ?? null;
}

export function useBankName(): (card: Card) => string {
  const { t, lang } = useI18n();
  return (card) => (lang === 'en' ? card.bank_en : card.bank_zh) || t('cards.bank.unknown');
}

export function BindCard({ list, aside }: { list: CardList; aside?: ReactNode }) {
  const t = useT();
  const open = openOf(list);
  if (open?.state === 'checking') {
    return (
      <Banner tone="wait" title={t('cards.checking')} role="status">
        {open.masked}
      </Banner>
    );
  }
  if (open?.state === 'code_sent') return <CardCode card={open} aside={aside} />;
  return <CardNumber refused={list.cards.find(({ state }) => state === 'refused') ?? null} aside={aside} />;
}

function CardNumber({ refused, aside }: { refused: Card | null; aside: ReactNode }) {
  const t = useT();
  const ask = useAsk();
  const stale = useStale();
  const [number, setNumber] = useState('');
  const [tried, setTried] = useState(false);
  const fault = cardFault(number);
  const bind = useAction(async (input: string, key: string) => {
    await ask(api.meCardsPost({ idempotency_key: key }, { number: input }));
    await stale('cards');
  });
  const numberFault = tried && fault !== null ? t(`cards.fault.${fault}`) : fieldFault(bind.error, 'number');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (fault === null) void bind.run(plainCard(number));
  };
  return (
    <form className="stack narrow" onSubmit={submit} noValidate>
      {refused !== null && (
        <Banner tone="wait" icon="warn" title={t(`identity.fault.${refused.fault}`)} role="alert">
          {refused.masked}
        </Banner>
      )}
      <TextField
        label={t('cards.number')}
        hint={t('cards.number.hint')}
        fault={numberFault}
        inputMode="numeric"
        name="card-number"
        autoComplete="cc-number"
        value={number}
        onText={(typed) => setNumber(groupCard(typed))}
      />
      {numberFault === null && <Trouble error={bind.error} />}
      <div className="actions">
        <Button look="main" type="submit" disabled={bind.busy}>
          {t('cards.bind')}
        </Button>
        {aside}
      </div>
    </form>
  );
}

function CardCode({ card, aside }: { card: Card; aside: ReactNode }) {
  const t = useT();
  const ask = useAsk();
  const stale = useStale();
  const bankName = useBankName();
  const [code, setCode] = useState('');
  const [again_ms, setAgain] = useState(0);
  const confirm = useAction(async (typed: string) => {
    try {
      await ask(api.meCardsIdConfirmationPost({ card_id: card.id }, { code: typed }));
    } catch (cause) {
      setCode('');
      throw cause;
    }
    await stale('cards', 'verification', 'limits');
  });
  const again = useAction(async () => {
    const sent = await ask(api.meCardsIdCodePost({ card_id: card.id }, {}));
    setAgain(sent.again_at === null ? 0 : Date.parse(sent.again_at));
  });
  const other = useAction(async () => {
    await ask(api.meCardsIdDelete({ card_id: card.id }));
    await stale('cards');
  });
  return (
    <form
      className="stack narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void confirm.run(code);
      }}
      noValidate
    >
      <p>{t('cards.code.lead', { bank: bankName(card), card: card.masked })}</p>
      <Cells label={t('cards.code')} value={code} onValue={setCode} onFull={(typed) => void confirm.run(typed)} disabled={confirm.busy} />
      <Trouble error={confirm.error} />
      <Trouble error={again.error} />
      <Trouble error={other.error} />
      <div className="actions">
        <Resend after_ms={again_ms} busy={again.busy} onSend={() => void again.run()} />
        <Button look="quiet" disabled={other.busy} onClick={() => void other.run()}>
          {t('cards.other')}
        </Button>
        {aside}
      </div>
    </form>
  );
}
