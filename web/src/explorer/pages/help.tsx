/* A short tour and the words, for the first day. Needs no key. */
import { Link } from 'wouter';
import { useT } from '../i18n';
import type { PlainKey } from '../i18n';
import { Icon } from '../../kit';
import type { IconName } from '../../kit';
import { PageHead } from './shell';

const TOUR: { icon: IconName; title: PlainKey; body: PlainKey; href: string; go: PlainKey }[] = [
  { icon: 'scale', title: 'help.tour.1', body: 'help.tour.1.body', href: '/', go: 'nav.overview' },
  { icon: 'accounts', title: 'help.tour.2', body: 'help.tour.2.body', href: '/accounts', go: 'nav.accounts' },
  { icon: 'transfers', title: 'help.tour.3', body: 'help.tour.3.body', href: '/transfers', go: 'nav.transfers' },
  { icon: 'verify', title: 'help.tour.4', body: 'help.tour.4.body', href: '/verify', go: 'nav.verify' },
  { icon: 'checkpoint', title: 'help.tour.5', body: 'help.tour.5.body', href: '/checkpoint', go: 'nav.checkpoint' },
];
const WORDS = [
  'account', 'transfer', 'posted', 'hold', 'capture', 'void', 'available', 'held', 'client_money', 'transit',
  'chain', 'log', 'checkpoint', 'receipt', 'consistency',
] as const;

export function Help() {
  const t = useT();
  return (
    <>
      <PageHead title={t('help.title')} lead={t('help.lead')} />
      <ol className="tour">
        {TOUR.map((step, index) => (
          <li key={step.title} className="card stack-2">
            <span className="tour-icon">
              <Icon name={step.icon} size={22} />
            </span>
            <h2>
              <span className="muted num">{index + 1} </span>
              {t(step.title)}
            </h2>
            <p className="soft">{t(step.body)}</p>
            <Link href={step.href}>{t(step.go)}</Link>
          </li>
        ))}
      </ol>
      <section className="card stack">
        <h2>{t('help.words')}</h2>
        <dl className="words">
          {WORDS.map((word) => (
            <div key={word}>
              <dt>{t(`word.${word}`)}</dt>
              <dd className="soft">{t(`word.${word}.means`)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section className="card stack">
        <h2>{t('help.more')}</h2>
        <p className="soft">
          {t('help.more.body')} <a href="/docs">{t('help.more.docs')}</a>
        </p>
      </section>
    </>
  );
}
