/* The house's palette as the component library's tokens: its own greys fail contrast. */
import { useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { App as Feedback, ConfigProvider, theme } from 'antd';
import en from 'antd/locale/en_US';
import zh from 'antd/locale/zh_CN';
import { readStored, writeStored } from '../lib/storage';
import { useI18n } from './i18n';
import { styleNonce } from './trusted';

const LIGHT = {
  colorPrimary: '#0a6b4e', colorLink: '#085a42', colorLinkHover: '#0a6b4e', colorError: '#b02a18',
  colorErrorText: '#9a2414', colorWarning: '#745000', colorSuccess: '#0a6b4e', colorInfo: '#0a6b4e',
  colorText: '#1c1f1e', colorTextSecondary: '#4a4f4c', colorTextTertiary: '#5b605c',
  colorTextQuaternary: '#666a66', colorTextPlaceholder: '#666a66', colorTextDescription: '#4a4f4c',
  colorTextDisabled: '#666a66', colorBgLayout: '#f6f4ee', colorBgContainer: '#fffdf8',
  colorBgElevated: '#fffdf8', colorBorder: '#84867e', colorBorderSecondary: '#e3dfd4',
};
const DARK = {
  colorPrimary: '#5ccb9f', colorLink: '#7ad9b3', colorLinkHover: '#5ccb9f', colorError: '#f0856c',
  colorErrorText: '#f79c86', colorWarning: '#e5bf63', colorSuccess: '#5ccb9f', colorInfo: '#5ccb9f',
  colorText: '#ecebe4', colorTextSecondary: '#bfc1b9', colorTextTertiary: '#a9ada5',
  colorTextQuaternary: '#989c94', colorTextPlaceholder: '#989c94', colorTextDescription: '#bfc1b9',
  colorTextDisabled: '#989c94', colorTextLightSolid: '#06150f', colorBgLayout: '#131614',
  colorBgContainer: '#1b1f1c', colorBgElevated: '#232824', colorBorder: '#737a73',
  colorBorderSecondary: '#2d322e',
};

export type Look = 'system' | 'light' | 'dark';
export const LOOKS: readonly Look[] = ['system', 'light', 'dark'];
const listeners = new Set<() => void>();
const dark = window.matchMedia('(prefers-color-scheme: dark)');

export function currentLook(): Look {
  const stored = readStored('jn.theme');
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}
export function chooseLook(look: Look) {
  writeStored('jn.theme', look === 'system' ? null : look);
  if (look === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = look;
  for (const listener of listeners) listener();
}
function subscribe(listener: () => void) {
  listeners.add(listener);
  dark.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    dark.removeEventListener('change', listener);
  };
}
function isDark(): boolean {
  const look = currentLook();
  return look === 'dark' || (look === 'system' && dark.matches);
}

export function Themed({ children }: { children: ReactNode }) {
  const { lang } = useI18n();
  const night = useSyncExternalStore(subscribe, isDark);
  return (
    <ConfigProvider
      csp={{ nonce: styleNonce() }}
      locale={lang === 'en' ? en : zh}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: night ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: {
          ...(night ? DARK : LIGHT), borderRadius: 6, fontFamily: 'var(--font)', controlHeight: 36,
          motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
        },
      }}
    >
      <Feedback>{children}</Feedback>
    </ConfigProvider>
  );
}
