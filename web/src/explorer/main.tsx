import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { preferredLang, Words } from '../i18n';
import { keepForOffline } from '../lib/offline';
import { FILES } from './i18n';
import './explorer.css';

keepForOffline('/explorer/sw.js');
const root = document.getElementById('root');
if (root !== null) {
  const words = await Words.load(FILES, preferredLang());
  createRoot(root).render(
    <StrictMode>
      <App words={words} />
    </StrictMode>,
  );
}
