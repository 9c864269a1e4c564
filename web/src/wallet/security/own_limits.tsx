/* Lower limits that the person sets: less at once, more only under a confirmation and after a while. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import * as api from '../../../generated/api';
import type { MyLimits, Operation, OwnLimit, OwnLimitPeriod } from '../../../generated/api';
import { Amount, Button, SelectField, TextField, Time, useToast } from '../../kit';
import { formatMinor, parseAmount } from '../../lib/money';
import { useT } from '../i18n';
import { useStale } from '../kit/load';
import { RowItem, Rows } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { mostOf, NONE_MINOR, OPERATIONS, PERIODS } from '../lib/own_limits';
import { fieldFault, useAction } from '../session/action';
import { useAsk } from '../session/ask';

/** Changes one, and says whether it holds or waits. */
function useChange(onDone: () => void) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  return useAction(async (change: api.OwnLimitChange) => {
    const now = await ask(api.meLimitsPut(change));
    toast(now.next_from === null ? t('own.holds') : t('own.waits'));
    onDone();
    await stale('limits');
  });
}

export function OwnLimits({ mine }: { mine: MyLimits }) {
  const t = useT();
  const set = mine.own.filter(({ amount_minor, next_from }) => amount_minor !== NONE_MINOR || next_from !== null);
  return (
    <>
      {set.length > 0 && (
        <Rows title={t('own.title')}>
          {set.map((own) => (
            <OwnRow key={`${own.operation} ${own.period}`} own={own} currency={mine.currency} />
          ))}
        </Rows>
      )}
      <SetOwn mine={mine} />
    </>
  );
}

function OwnRow({ own, currency }: { own: OwnLimit; currency: string }) {
  const t = useT();
  const name = `${t(`operation.${own.operation}`)} · ${t(`period.${own.period}`)}`;
  const change = useChange(() => undefined);
  const amountOr = (minor: number) => (minor === NONE_MINOR ? t('own.none') : <Amount minor={minor} currency={currency} />);
  const goes = own.amount_minor === NONE_MINOR || (own.next_from !== null && own.next_amount_minor === NONE_MINOR);
  return (
    <RowItem
      icon="scale"
      title={name}
      note={
        own.next_from === null ? undefined : (
          <>
            {t('own.from')} <Time iso={own.next_from} />
            {t('words.colon')}
            {amountOr(own.next_amount_minor)}
          </>
        )
      }
      value={amountOr(own.amount_minor)}
    >
      {!goes && (
        <Button
          small
          aria-label={t('own.remove.of', { name })}
          disabled={change.busy}
          onClick={() => void change.run({ operation: own.operation, period: own.period, amount_minor: NONE_MINOR })}
        >
          {t('own.remove')}
        </Button>
      )}
      <Trouble error={change.error} />
    </RowItem>
  );
}

function SetOwn({ mine }: { mine: MyLimits }) {
  const t = useT();
  const [operation, setOperation] = useState<Operation>('payment');
  const [period, setPeriod] = useState<OwnLimitPeriod>('day');
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const change = useChange(() => {
    setText('');
    setTried(false);
  });
  const amount = parseAmount(text, mine.currency);
  const most = mostOf(mine, operation, period);
  const shownMost = most === null ? null : `${formatMinor(most, mine.currency)} ${mine.currency}`;
  const tooMuch = amount.ok && most !== null && amount.minor > most;
  let fault = fieldFault(change.error, 'amount_minor');
  if (tried && !amount.ok) fault = t('own.fault');
  else if (tooMuch && shownMost !== null) fault = t('own.fault.most', { most: shownMost });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (amount.ok && !tooMuch) void change.run({ operation, period, amount_minor: amount.minor });
  };
  return (
    <form className="card stack" onSubmit={submit} noValidate aria-label={t('own.set')}>
      <h2>{t('own.set')}</h2>
      <p className="soft">{t('own.lead', { count: mine.raise_cooling_hours })}</p>
      <div className="grid-2">
        <SelectField
          label={t('limits.what')}
          value={operation}
          onText={(value) => setOperation(OPERATIONS.find((known) => known === value) ?? 'payment')}
          options={OPERATIONS.map((value) => ({ value, label: t(`operation.${value}`) }))}
        />
        <SelectField
          label={t('own.period')}
          value={period}
          onText={(value) => setPeriod(PERIODS.find((known) => known === value) ?? 'day')}
          options={PERIODS.map((value) => ({ value, label: t(`period.${value}`) }))}
        />
      </div>
      <TextField
        label={t('limits.most')}
        {...(shownMost === null ? {} : { hint: t('own.most', { most: shownMost }) })}
        unit={mine.currency}
        inputMode="decimal"
        autoComplete="off"
        name="own-limit"
        value={text}
        onText={setText}
        fault={fault}
      />
      {fault === null && <Trouble error={change.error} />}
      <div>
        <Button look="main" type="submit" disabled={change.busy}>
          {t('own.save')}
        </Button>
      </div>
    </form>
  );
}
