/* Under Trusted Types the component library's one sink, the text of a style element, goes through this
 * policy: style sheets pass, anything that could be markup does not. */
interface Policies {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
}

export function allowStyleTexts() {
  const policies = (window as unknown as { trustedTypes?: Policies }).trustedTypes;
  policies?.createPolicy('default', {
    createHTML(text) {
      if (text.includes('<')) throw new TypeError('markup is refused');
      return text;
    },
  });
}
/** A few of the library's helpers write a style element without the nonce that they were given. */
export function signStyles() {
  const create = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = styleNonce();
    return element;
  }) as typeof document.createElement;
}
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="jn-style-nonce"]')?.content ?? '';
}
