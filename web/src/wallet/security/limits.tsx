/* Limits used and left: of the class, and one's own, which lower at once and rise after a while. */
import * as api from '../../../generated/api';
import type { LimitState } from '../../../generated/api';
import { Amount, Banner, Loaded, Time } from '../../kit';
import { useT } from '../i18n';
import { useAnswer } from '../kit/load';
import { Meter } from '../kit/meter';
import { RowLink, Rows } from '../kit/rows';
import { Head } from '../shell/frame';
import { OwnLimits } from './own_limits';
import { QuickPaySection } from './quick_pay';

export function LimitsPage() {
  const t = useT();
  const limits = useAnswer(['limits'], api.meLimitsGet());
  return (
    <>
      <Head title={t('limits.title')} lead={t('limits.lead')} back={{ href: '/security', label: t('tab.security') }} />
      <Loaded query={limits}>
        {(mine) => (
          <>
            {mine.limits.length === 0 ? (
              <Banner tone="wait" title={t('limits.none')}>
                {t('limits.none.body')}
              </Banner>
            ) : (
              <section className="card stack-5" aria-label={t('limits.title')}>
                {mine.limits.map((limit) => (
                  <LimitLine key={limit.code} limit={limit} currency={mine.currency} />
                ))}
              </section>
            )}
            <OwnLimits mine={mine} />
            <QuickPaySection />
            <Rows>
              <RowLink href="/identity" icon="person" title={t('limits.raise')} note={t('limits.raise.note')} />
            </Rows>
          </>
        )}
      </Loaded>
    </>
  );
}

function LimitLine({ limit, currency }: { limit: LimitState; currency: string }) {
  const t = useT();
  const name = `${limit.operations.map((operation) => t(`operation.${operation}`)).join(t('words.and'))} · ${t(`period.${limit.period}`)}`;
  return (
    <div className="stack-2" data-testid="limit">
      <div className="row-between">
        <strong>{name}</strong>
        <span>
          {limit.period === 'each' ? null : `${t('limits.left')} `}
          <Amount minor={limit.period === 'each' ? limit.amount_minor : limit.left_minor} currency={currency} />
        </span>
      </div>
      {limit.period !== 'each' && (
        <>
          <Meter part={limit.used_minor} whole={limit.amount_minor} label={t('limits.used')} tone={limit.left_minor === 0 ? 'wait' : 'good'} />
          <p className="small soft">
            {t('limits.used')} <Amount minor={limit.used_minor} currency={currency} code={false} /> / <Amount minor={limit.amount_minor} currency={currency} />
            {limit.renews_at !== null && (
              <>
                {' · '}
                {t('limits.renews')} <Time iso={limit.renews_at} />
              </>
            )}
          </p>
        </>
      )}
    </div>
  );
}
