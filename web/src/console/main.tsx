import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { preferredLang, Words } from '../i18n';
import { App } from './app';
import { FILES } from './i18n';
import { allowStyleTexts, signStyles } from './trusted';
import './console.css';

allowStyleTexts();
signStyles();
const root = document.getElementById('root');
if (root !== null) {
  const words = await Words.load(FILES, preferredLang());
  createRoot(root).render(
    <StrictMode>
      <App words={words} />
    </StrictMode>,
  );
}
