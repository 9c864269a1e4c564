/* What every page of every app needs: language and theme, title and focus, offline, a guard. */
import { Component, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { LANGS, useI18n } from '../i18n';
import { readStored, writeStored } from '../lib/storage';
import { Button, Segments } from './form';
import { Icon } from './icon';
import type { IconName } from './icon';
import { Empty } from './state';
import { Banner } from './text';

type Theme = 'light' | 'dark' | 'system';
function applyTheme(theme: Theme) {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  writeStored('jn.theme', theme === 'system' ? null : theme);
}

export function ThemeSwitch() {
  const { t } = useI18n();
  const [theme, setTheme] = useState<Theme>(() => {
    const stored = readStored('jn.theme');
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  });
  const options: { value: Theme; icon: IconName; name: string }[] = [
    { value: 'system', icon: 'system', name: t('theme.system') },
    { value: 'light', icon: 'sun', name: t('theme.light') },
    { value: 'dark', icon: 'moon', name: t('theme.dark') },
  ];
  return (
    <Segments
      label={t('theme.label')}
      value={theme}
      options={options.map(({ value, icon, name }) => ({ value, name, label: <Icon name={icon} size={16} /> }))}
      onValue={(next) => {
        setTheme(next);
        applyTheme(next);
      }}
    />
  );
}

export function LangSwitch() {
  const { t, lang, setLang } = useI18n();
  return (
    <Segments
      label={t('lang.label')}
      value={lang}
      options={LANGS.map((value) => ({
        value,
        label: <span lang={value}>{value === 'en' ? 'English' : '中文'}</span>,
      }))}
      onValue={setLang}
    />
  );
}

function subscribeOnline(callback: () => void) {
  window.addEventListener('online', callback);
  window.addEventListener('offline', callback);
  return () => {
    window.removeEventListener('online', callback);
    window.removeEventListener('offline', callback);
  };
}
export function useOnline(): boolean {
  return useSyncExternalStore(subscribeOnline, () => navigator.onLine);
}

export function OfflineBar({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const online = useOnline();
  if (online) return null;
  return (
    <div className="offline-bar">
      <Banner tone="wait" icon="offline" title={t('offline.title')} role="status">
        {children}
      </Banner>
    </div>
  );
}

/** Sets the document's title. */
export function usePageTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · Jinnang 锦囊`;
  }, [title]);
}

/** Moves focus to the page when the route changes. */
export function useFocusOnRoute() {
  const [path] = useLocation();
  const ref = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    window.scrollTo(0, 0);
    ref.current?.focus({ preventScroll: true });
  }, [path]);
  return ref;
}

/** A fault of ours on one page: said so, with a way on, instead of a blank screen. */
export class Guard extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? <Broken onRetry={() => this.setState({ failed: false })} /> : this.props.children;
  }
}

function Broken({ onRetry }: { onRetry: () => void }) {
  const { t } = useI18n();
  return (
    <div className="card">
      <Empty title={t('error.own.title')} action={<Button onClick={onRetry}>{t('action.retry')}</Button>}>
        {t('error.own.fix')}
      </Empty>
    </div>
  );
}
