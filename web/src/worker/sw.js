/* Keeps one app for use without a network: a file can then be verified anywhere. Never keeps or answers
 * anything of /v1, /log or /docs: money and proofs come from the server or not at all.
 * Pages are asked of the network first, so a new version shows at once; hashed files never change.
 * To end it: serve a worker that unregisters itself at the same address (see web/README.md). */
const SET = '__SET__';
const APP = '__APP__';
const AT = '__AT__';
const FILES = '__FILES__';
const NEVER = /^\/(v1|log|docs|metrics|healthz|readyz)(\/|$)/;
const OTHERS = /^\/(explorer|console)(\/|$)/;

self.addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(SET);
    await cache.addAll(FILES);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name.startsWith(APP) && name !== SET) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    const kept = await caches.match(AT, { cacheName: SET });
    return kept ?? Response.error();
  }
}

async function file(request) {
  const kept = await caches.match(request, { cacheName: SET });
  return kept ?? fetch(request);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || NEVER.test(url.pathname)) return;
  if (AT === '/' && OTHERS.test(url.pathname)) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (FILES.includes(url.pathname)) event.respondWith(file(request));
});
