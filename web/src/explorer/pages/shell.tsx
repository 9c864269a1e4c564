/* The frame around every signed-in page: navigation, language, theme, live state, offline. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useI18n } from '../i18n';
import type { PlainKey } from '../i18n';
import {
  Badge, Button, Dialog, Icon, LangSwitch, Mark, OfflineBar as KitOfflineBar, ThemeSwitch, useFocusOnRoute, usePageTitle,
} from '../../kit';
import type { IconName } from '../../kit';
import { useMay, useSession } from '../session';
import { useLive } from '../session/live';

interface NavItem {
  href: string;
  icon: IconName;
  label: PlainKey;
  scope?: string;
}
const NAV: NavItem[] = [
  { href: '/', icon: 'overview', label: 'nav.overview' },
  { href: '/accounts', icon: 'accounts', label: 'nav.accounts' },
  { href: '/transfers', icon: 'transfers', label: 'nav.transfers' },
  { href: '/verify', icon: 'verify', label: 'nav.verify' },
  { href: '/checkpoint', icon: 'checkpoint', label: 'nav.checkpoint' },
  { href: '/keys', icon: 'keys', label: 'nav.keys', scope: 'admin' },
  { href: '/help', icon: 'help', label: 'nav.help' },
];
const TABS = 4;

function isHere(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}

export function OfflineBar() {
  const { t } = useI18n();
  return <KitOfflineBar>{t('offline.body')}</KitOfflineBar>;
}

export function LiveState() {
  const { t } = useI18n();
  const { state } = useLive();
  const look = {
    live: 'dot dot-live', connecting: 'dot', waiting: 'dot dot-wait', refused: 'dot dot-bad', off: 'dot',
  }[state];
  return (
    <span className="row small soft" role="status" data-testid="live-state" data-state={state}>
      <span className={look} aria-hidden="true" />
      {t(`live.state.${state}`)}
    </span>
  );
}

function Brand() {
  const { t } = useI18n();
  return (
    <Link href="/" className="brand">
      <Mark size={34} />
      <span>
        <span className="brand-name">Jinnang</span>
        <span className="brand-sub">{t('brand.sub')}</span>
      </span>
    </Link>
  );
}

function NavLinks({ items, onGo }: { items: NavItem[]; onGo?: () => void }) {
  const { t } = useI18n();
  const [path] = useLocation();
  return (
    <>
      {items.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          aria-current={isHere(path, item.href) ? 'page' : undefined}
          {...(onGo === undefined ? {} : { onClick: onGo })}
        >
          <Icon name={item.icon} size={20} />
          <span>{t(item.label)}</span>
        </Link>
      ))}
    </>
  );
}

function WhoAndOut() {
  const { t } = useI18n();
  const { who, signOut } = useSession();
  return (
    <>
      {who !== null && (
        <div className="side-key">
          <strong>{who.name}</strong>
          {who.sandbox ? <Badge tone="wait">{t('mode.sandbox')}</Badge> : <Badge>{t('mode.live')}</Badge>}
        </div>
      )}
      <div className="row">
        <Button look="quiet" small icon="out" onClick={signOut}>
          {t('session.sign_out')}
        </Button>
      </div>
    </>
  );
}

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const [path] = useLocation();
  const [menu, setMenu] = useState(false);
  const main = useFocusOnRoute();
  const mayKeys = useMay('admin');
  const items = NAV.filter((item) => item.scope === undefined || mayKeys);
  const rest = items.slice(TABS);
  return (
    <>
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <div className="shell">
        <aside className="side" aria-label={t('nav.label')}>
          <Brand />
          <nav className="nav" aria-label={t('nav.label')}>
            <NavLinks items={items} />
          </nav>
          <div className="side-foot">
            <div className="side-key">
              <LiveState />
            </div>
            <LangSwitch />
            <ThemeSwitch />
            <WhoAndOut />
          </div>
        </aside>
        <div>
          <header className="topbar">
            <Brand />
            <LiveState />
          </header>
          <main className="main" id="main" ref={main} tabIndex={-1}>
            <div className="main-inner">
              <OfflineBar />
              {children}
            </div>
          </main>
        </div>
        <nav className="tabbar" aria-label={t('nav.label.short')}>
          <NavLinks items={items.slice(0, TABS)} />
          <button
            type="button"
            aria-haspopup="dialog"
            aria-current={rest.some((item) => isHere(path, item.href)) ? 'page' : undefined}
            onClick={() => setMenu(true)}
          >
            <Icon name="more" size={20} />
            <span>{t('nav.more')}</span>
          </button>
        </nav>
      </div>
      {menu && (
        <Dialog title={t('nav.more')} onClose={() => setMenu(false)}>
          <nav className="nav" aria-label={t('nav.more')}>
            <NavLinks items={rest} onGo={() => setMenu(false)} />
          </nav>
          <LangSwitch />
          <ThemeSwitch />
          <WhoAndOut />
        </Dialog>
      )}
    </>
  );
}

/** The frame for pages that need no key: verification, help, sign-in. */
export function PublicShell({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const main = useFocusOnRoute();
  return (
    <div className="public">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className="public-head">
        <Brand />
        <div className="row">
          <LangSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main className="public-main" id="main" ref={main} tabIndex={-1}>
        <OfflineBar />
        {children}
      </main>
    </div>
  );
}

export function PageHead(props: { title: string; lead?: ReactNode; back?: { href: string; label: string }; children?: ReactNode }) {
  usePageTitle(props.title);
  return (
    <div className="page-head">
      <div>
        {props.back !== undefined && (
          <Link href={props.back.href} className="crumb no-print">
            <Icon name="left" size={14} />
            {props.back.label}
          </Link>
        )}
        <h1>{props.title}</h1>
        {props.lead !== undefined && <div className="page-lead">{props.lead}</div>}
      </div>
      {props.children !== undefined && <div className="actions no-print">{props.children}</div>}
    </div>
  );
}
