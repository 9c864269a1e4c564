/* Ending the account: what stands against it, what goes, what must stay and why, and the days in which
 * one may change one's mind. */
import { useState } from 'react';
import * as api from '../../../generated/api';
import type { Deletion, DeletionItem } from '../../../generated/api';
import { Banner, Button, Check, Loaded, Time, useToast } from '../../kit';
import { useI18n, useT } from '../i18n';
import { useAnswer, useStale } from '../kit/load';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';

export function DeletionPage() {
  const t = useT();
  const plan = useAnswer(['deletion'], api.meDeletionGet());
  return (
    <>
      <Head title={t('deletion.title')} lead={t('deletion.lead')} back={{ href: '/privacy', label: t('privacy.title') }} />
      <Loaded query={plan}>
        {(found) => (
          <>
            {found.state === 'cooling' ? <Cooling plan={found} /> : null}
            <Items title={t('deletion.goes')} items={found.goes} />
            <Items title={t('deletion.stays')} items={found.stays} />
            {found.state === 'none' && <Begin plan={found} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function Items({ title, items }: { title: string; items: DeletionItem[] }) {
  const { t, lang } = useI18n();
  if (items.length === 0) return null;
  return (
    <section className="card stack" aria-label={title}>
      <h2>{title}</h2>
      <dl className="stack-2">
        {items.map((item) => (
          <div key={item.what_en}>
            <dt>{lang === 'en' ? item.what_en : item.what_zh}</dt>
            {item.why_en !== '' && (
              <dd className="small soft">
                {lang === 'en' ? item.why_en : item.why_zh}
                {item.kept_days > 0 && ` · ${t('deletion.kept', { count: item.kept_days })}`}
              </dd>
            )}
          </div>
        ))}
      </dl>
    </section>
  );
}

function Begin({ plan }: { plan: Deletion }) {
  const t = useT();
  const ask = useAsk();
  const stale = useStale();
  const [sure, setSure] = useState(false);
  const begin = useAction(async (_: void, key: string) => {
    await ask(api.meDeletionPost({ idempotency_key: key }, { confirm: 'delete_my_account' }));
    await stale('deletion');
  });
  if (plan.blocked_by.length > 0) {
    return (
      <Banner tone="wait" title={t('deletion.blocked')}>
        {plan.blocked_by.map((name) => (
          <div key={name}>{t(`deletion.blocked.${name}`)}</div>
        ))}
      </Banner>
    );
  }
  return (
    <section className="card stack" aria-label={t('deletion.do')}>
      <p>{t('deletion.cooling', { count: plan.cooling_days })}</p>
      <Check label={t('deletion.sure')} checked={sure} onCheck={setSure} />
      <Trouble error={begin.error} />
      <div>
        <Button look="harm" disabled={!sure || begin.busy} onClick={() => void begin.run()}>
          {t('deletion.do')}
        </Button>
      </div>
    </section>
  );
}

function Cooling({ plan }: { plan: Deletion }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const keep = useAction(async () => {
    await ask(api.meDeletionDelete());
    await stale('deletion');
    toast(t('deletion.kept_after_all'));
  });
  return (
    <Banner tone="wait" title={t('deletion.under_way')}>
      <div className="stack-2">
        {plan.due_at !== null && (
          <div>
            {t('deletion.until')} <Time iso={plan.due_at} />
          </div>
        )}
        <Trouble error={keep.error} />
        <div>
          <Button look="main" disabled={keep.busy} onClick={() => void keep.run()}>
            {t('deletion.keep')}
          </Button>
        </div>
      </div>
    </Banner>
  );
}
