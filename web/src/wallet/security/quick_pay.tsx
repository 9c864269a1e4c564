/* Quick pay: small payments without a PIN, only for who turned it on, within limits of their own. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import * as api from '../../../generated/api';
import type { QuickPay } from '../../../generated/api';
import { Amount, Badge, Button, Loaded, TextField, useToast } from '../../kit';
import { formatMinor, parseAmount } from '../../lib/money';
import { useT } from '../i18n';
import { useAnswer, useStale } from '../kit/load';
import { Trouble } from '../kit/trouble';
import { fieldFault, useAction } from '../session/action';
import { useAsk } from '../session/ask';

export function QuickPaySection() {
  const quick = useAnswer(['quick_pay'], api.meQuickPayGet());
  return (
    <Loaded query={quick} rows={3}>
      {(found) => <Form key={`${found.is_on} ${found.each_max_minor} ${found.day_max_minor}`} before={found} />}
    </Loaded>
  );
}

function Form({ before }: { before: QuickPay }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const { currency, is_on } = before;
  const plain = (minor: number) => formatMinor(minor, currency, { group: false });
  const [each, setEach] = useState(plain(before.each_max_minor));
  const [day, setDay] = useState(plain(before.day_max_minor));
  const turnOn = useAction(async (limits: api.QuickPayLimits) => {
    await ask(api.meQuickPayPut(limits));
    toast(is_on ? t('quick.saved') : t('quick.on.now'));
    await stale('quick_pay');
  });
  const turnOff = useAction(async () => {
    await ask(api.meQuickPayDelete());
    toast(t('quick.off.now'));
    await stale('quick_pay');
  });
  const eachAmount = parseAmount(each, currency);
  const dayAmount = parseAmount(day, currency);
  const words = (minor: number) => `${formatMinor(minor, currency)} ${currency}`;
  const faultOf = (amount: typeof eachAmount, most: number) => {
    if (!amount.ok || amount.minor === 0) return t('own.fault');
    return amount.minor > most ? t('own.fault.most', { most: words(most) }) : null;
  };
  const eachFault = faultOf(eachAmount, before.each_most_minor) ?? fieldFault(turnOn.error, 'each_max_minor');
  let dayFault = faultOf(dayAmount, before.day_most_minor) ?? fieldFault(turnOn.error, 'day_max_minor');
  if (dayFault === null && eachAmount.ok && dayAmount.ok && dayAmount.minor < eachAmount.minor) dayFault = t('quick.fault.day');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const good = eachAmount.ok && dayAmount.ok && eachAmount.minor > 0 && dayAmount.minor >= eachAmount.minor;
    if (good && eachAmount.minor <= before.each_most_minor && dayAmount.minor <= before.day_most_minor) {
      void turnOn.run({ each_max_minor: eachAmount.minor, day_max_minor: dayAmount.minor });
    }
  };
  return (
    <form className="card stack" onSubmit={submit} noValidate aria-label={t('quick.title')}>
      <div className="row-between">
        <h2>{t('quick.title')}</h2>
        <Badge tone={is_on ? 'good' : 'plain'}>{is_on ? t('quick.on') : t('quick.off')}</Badge>
      </div>
      <p className="soft">{t('quick.lead')}</p>
      <TextField
        label={t('quick.each')}
        hint={t('own.most', { most: words(before.each_most_minor) })}
        unit={currency}
        inputMode="decimal"
        autoComplete="off"
        name="quick-each"
        value={each}
        onText={setEach}
        fault={eachFault}
      />
      <TextField
        label={t('quick.day')}
        hint={t('own.most', { most: words(before.day_most_minor) })}
        unit={currency}
        inputMode="decimal"
        autoComplete="off"
        name="quick-day"
        value={day}
        onText={setDay}
        fault={dayFault}
      />
      {is_on && (
        <p className="small soft">
          {t('quick.used')} <Amount minor={before.used_today_minor} currency={currency} />
        </p>
      )}
      {eachFault === null && dayFault === null && <Trouble error={turnOn.error} />}
      <Trouble error={turnOff.error} />
      <div className="actions">
        <Button look={is_on ? 'plain' : 'main'} type="submit" disabled={turnOn.busy}>
          {is_on ? t('quick.save') : t('quick.turn_on')}
        </Button>
        {is_on && (
          <Button disabled={turnOff.busy} onClick={() => void turnOff.run()}>
            {t('quick.turn_off')}
          </Button>
        )}
      </div>
    </form>
  );
}
