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
    cssCodeSplit: false,
    cssMinify: true,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // One chunk for what every page needs: it compresses better than five.
        advancedChunks: {
          groups: [
            { name: 'base', test: /node_modules|preload-helper|src\/(kit|i18n|session|api)\/|src\/lib\/(money|time|ids|sse|storage|pins)\.|src\/pages\/(shell|words|live_table)\./ },
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
