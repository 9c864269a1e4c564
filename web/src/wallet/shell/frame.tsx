/* The frame around every page of the wallet: brand, language, theme, offline. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { LangSwitch, Mark, OfflineBar, ThemeSwitch, useFocusOnRoute } from '../../kit';
import { useT } from '../i18n';

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

export function Frame({ children }: { children: ReactNode }) {
  const t = useT();
  const main = useFocusOnRoute();
  return (
    <div className="wallet">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className="wallet-head">
        <Brand />
        <div className="row">
          <LangSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main className="wallet-main" id="main" ref={main} tabIndex={-1}>
        <OfflineBar>{t('offline.body')}</OfflineBar>
        {children}
      </main>
    </div>
  );
}
