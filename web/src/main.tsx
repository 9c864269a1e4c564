import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { keepForOffline } from './lib/offline';
import { loadCatalogue, preferredLang } from './i18n';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/kit.css';
import './style/pages.css';

keepForOffline();
const lang = preferredLang();
const root = document.getElementById('root');
if (root !== null) {
  const catalogue = await loadCatalogue(lang);
  createRoot(root).render(
    <StrictMode>
      <App lang={lang} catalogue={catalogue} />
    </StrictMode>,
  );
}
