/* Registers the worker that keeps the app for use without a network. Trusted Types let a script's
 * address through only by the page's one policy, and that one only for this address. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): unknown;
}

export function keepForOffline(worker: '/sw.js' | '/explorer/sw.js') {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  trustedTypes?.createPolicy('default', {
    createScriptURL: (url) => {
      if (url !== worker) throw new TypeError(`not a script of ours: ${url}`);
      return url;
    },
  });
  window.addEventListener('load', () => {
    // Without it everything works but offline starts.
    navigator.serviceWorker.register(worker).catch(() => undefined);
  });
}
