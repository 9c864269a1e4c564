/* What accounts of each class may do, before anything is typed. */
import * as api from '../../../generated/api';
import type { LevelLimit } from '../../../generated/api';
import { Amount, Loaded } from '../../kit';
import { useI18n } from '../i18n';
import { useAnswer } from '../kit/load';

export function Levels() {
  const { t, lang } = useI18n();
  const levels = useAnswer(['levels'], api.levelsGet());
  return (
    <details className="card" data-testid="levels">
      <summary>{t('join.limits')}</summary>
      <Loaded query={levels}>
        {({ levels: list, currency }) => (
          <div className="stack">
            <p className="small soft">{t('join.limits.lead')}</p>
            {list.map((level) => (
              <section key={level.code} className="stack-2" aria-label={lang === 'en' ? level.title_en : level.title_zh}>
                <h2>{lang === 'en' ? level.title_en : level.title_zh}</h2>
                <p className="small soft">{lang === 'en' ? level.summary_en : level.summary_zh}</p>
                <LimitTable limits={level.limits} currency={currency} />
              </section>
            ))}
          </div>
        )}
      </Loaded>
    </details>
  );
}

function LimitTable({ limits, currency }: { limits: readonly LevelLimit[]; currency: string }) {
  const { t } = useI18n();
  return (
    <table className="limits">
      <thead>
        <tr>
          <th scope="col">{t('limits.what')}</th>
          <th scope="col">{t('limits.most')}</th>
        </tr>
      </thead>
      <tbody>
        {limits.map((limit) => (
          <tr key={limit.code}>
            <th scope="row">
              {limit.operations.map((name) => t(`operation.${name}`)).join(t('words.and'))} · {t(`period.${limit.period}`)}
            </th>
            <td>
              <Amount minor={limit.amount_minor} currency={currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
