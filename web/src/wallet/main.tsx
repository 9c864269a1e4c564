import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { loadCatalogue, preferredLang } from '../i18n';
import { keepForOffline } from '../lib/offline';
import { FILES } from './i18n';
import './wallet.css';

keepForOffline('/sw.js');
const lang = preferredLang();
const root = document.getElementById('root');
if (root !== null) {
  const catalogue = await loadCatalogue(FILES, lang);
  createRoot(root).render(
    <StrictMode>
      <App lang={lang} catalogue={catalogue} />
    </StrictMode>,
  );
}
