/* The frame around every page of the wallet: one column, tabs below when signed in. */
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { Icon, LangSwitch, Mark, OfflineBar, ThemeSwitch, useFocusOnRoute, usePageTitle } from '../../kit';
import type { IconName } from '../../kit';
import { useT } from '../i18n';
import type { PlainKey } from '../i18n';

interface Tab {
  href: string;
  icon: IconName;
  label: PlainKey;
  /** Pages that belong to the tab. */
  under: string[];
}
const TABS: Tab[] = [
  { href: '/', icon: 'overview', label: 'tab.home', under: [] },
  { href: '/messages', icon: 'bell', label: 'tab.messages', under: ['/messages'] },
  { href: '/security', icon: 'verify', label: 'tab.security', under: ['/security'] },
  { href: '/me', icon: 'person', label: 'tab.me', under: ['/me', '/cards', '/privacy', '/identity'] },
];

function isUnder(path: string, tab: Tab): boolean {
  return path === tab.href || tab.under.some((root) => path === root || path.startsWith(`${root}/`));
}

export function Brand() {
  const t = useT();
  return (
    <Link href="/" className="brand">
      <Mark size={34} />
      <span>
        <span className="brand-name">{t('brand.name')}</span>
        <span className="brand-sub">{t('brand.sub')}</span>
      </span>
    </Link>
  );
}

export function Frame({ signedIn, unread, children }: { signedIn: boolean; unread: number; children: ReactNode }) {
  const t = useT();
  const [path] = useLocation();
  const main = useFocusOnRoute();
  return (
    <div className="wallet">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className="wallet-head">
        <Brand />
        {!signedIn && <LangSwitch />}
      </header>
      <main className="wallet-main" id="main" ref={main} tabIndex={-1}>
        <OfflineBar>{t('offline.body')}</OfflineBar>
        {children}
      </main>
      {signedIn ? (
        <nav className="wallet-tabs" aria-label={t('tab.label')}>
          <ul className="wallet-tabs-list">
            {TABS.map((tab) => (
              <li key={tab.href}>
                <Link href={tab.href} aria-current={isUnder(path, tab) ? 'page' : undefined}>
                  <Icon name={tab.icon} size={22} />
                  <span>{t(tab.label)}</span>
                  {tab.href === '/messages' && unread > 0 && (
                    <span className="count">
                      {unread > 99 ? '99+' : unread}
                      <span className="hidden-visually">{t('tab.unread')}</span>
                    </span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      ) : (
        <footer className="wallet-foot">
          <Link href="/check">{t('foot.check')}</Link>
          <Link href="/not-me">{t('foot.not_me')}</Link>
          <a href="/explorer/">{t('foot.explorer')}</a>
          <a href="/docs">{t('foot.docs')}</a>
          <span className="grow" />
          <ThemeSwitch />
        </footer>
      )}
    </div>
  );
}

/** A page's head: where it came from, what it is. */
export function Head(props: { title: string; lead?: ReactNode; back?: { href: string; label: string } }) {
  const { title, lead, back } = props;
  usePageTitle(title);
  return (
    <div>
      {back !== undefined && (
        <Link href={back.href} className="page-back">
          <Icon name="left" size={16} />
          {back.label}
        </Link>
      )}
      <h1>{title}</h1>
      {lead !== undefined && <p className="page-lead">{lead}</p>}
    </div>
  );
}
