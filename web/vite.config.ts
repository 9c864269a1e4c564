import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/* In development the API is the real server: `jinnang serve --sandbox` on its default port. */
const api = process.env['JINNANG_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  // React has it: wouter's shim for older ones is dead weight.
  resolve: { alias: { 'use-sync-external-store/shim/index.js': 'react' } },
  build: {
    target: 'es2022',
    // Everything is a file: data: URLs would need a wider content security policy.
    assetsInlineLimit: 0,
    // Pages are one small chunk each over the base: nothing to preload.
    modulePreload: false,
    // Which chunk imports which: for tools/size.mjs and tools/worker.mjs.
    manifest: true,
    cssMinify: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { wallet: 'index.html', explorer: 'explorer/index.html' },
      output: {
        // A chunk for what every page of both apps needs and one more for each app: few large chunks
        // compress better than many small ones.
        codeSplitting: {
          groups: [
            { name: 'explorer', priority: 2, test: /src\/explorer\/(session|api|i18n|app)|src\/explorer\/lib\/pins\.|src\/explorer\/pages\/(shell|words|live_table|overview)\.|nfinite|src\/lib\/sse\./ },
            { name: 'wallet', priority: 2, test: /src\/wallet\/(session|shell|i18n|app)/ },
            { name: 'base', priority: 3, test: /rolldown.runtime|node_modules\/(react|react-dom|scheduler|wouter|regexparam|mitt)\/|@tanstack\/(?!.*nfinite)|preload-helper|src\/(kit|i18n|api)\/|src\/lib\/(money|time|ids|storage|offline)\./ },
          ],
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
});
