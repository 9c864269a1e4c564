import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/* In development the API is the real server: `jinnang serve --sandbox` on its default port. */
const api = process.env['JINNANG_URL'] ?? 'http://127.0.0.1:8080';

/* Each app is a build of its own (`--mode wallet`, `--mode explorer`, `--mode console`): what one uses is not in another's
 * chunks. One chunk for what every page of an app needs: it compresses better than five. */
const shared = 'node_modules|preload-helper|rolldown.runtime|src/(kit|i18n|api)/|src/lib/(money|time|ids|storage|offline)\\.';
const APPS = {
  wallet: { html: 'index.html', assets: 'assets', base: `${shared}|src/wallet/(session/(index|ask)|shell/|i18n/index|kit/(rows|load)|app)` },
  explorer: {
    html: 'explorer/index.html', assets: 'explorer/assets',
    base: `${shared}|src/lib/sse|src/explorer/(session|api|i18n|app|lib/pins|pages/(shell|words|live_table|overview))`,
  },
  console: { html: 'console/index.html', assets: 'console/assets', base: `${shared}|src/console/(i18n/index|theme|ask|keys)` },
};
/** Only the pages that use these carry them. */
const LATER = /@simplewebauthn|uqr|nfinite/;

export default defineConfig(({ mode }) => {
  const name = mode === 'explorer' || mode === 'console' ? mode : 'wallet';
  const app = APPS[name];
  const base = new RegExp(app.base);
  return {
    plugins: [react()],
    // React has it: wouter's shim for older ones is dead weight.
    resolve: { alias: { 'use-sync-external-store/shim/index.js': 'react' } },
    build: {
      target: 'es2022',
      emptyOutDir: name === 'wallet',
      copyPublicDir: name === 'wallet',
      assetsDir: app.assets,
      // Everything is a file: data: URLs would need a wider content security policy.
      assetsInlineLimit: 0,
      // Pages are one small chunk each over the base: nothing to preload.
      modulePreload: false,
      // Which chunk imports which: for tools/size.mjs and tools/worker.mjs.
      manifest: `.vite/${name}.json`,
      cssMinify: true,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { [name]: app.html },
        output: {
          codeSplitting: {
            groups: [{ name: 'base', test: (id: string) => base.test(id) && (name !== 'wallet' || !LATER.test(id)) }],
          },
        },
      },
    },
    server: { proxy: { '/v1': api, '/log': api } },
    test: {
      environment: 'happy-dom',
      include: ['tests/**/*.test.{ts,tsx}', 'src/**/*.test.ts'],
      setupFiles: ['tests/setup.ts'],
      restoreMocks: true,
    },
  };
});
