import type { PageLife } from '../ports.ts';

/** Follows the page; in a worker, which has none, nothing is ever hidden. */
export function createPageLife(): PageLife {
  const page = globalThis.document;
  return {
    isHidden: () => page?.visibilityState === 'hidden',
    onHide(callback) {
      const onVisibility = (): void => {
        if (page.visibilityState === 'hidden') callback();
      };
      // On a reload or a navigation pagehide comes, too; visibilitychange alone comes when a phone switches apps.
      globalThis.addEventListener?.('pagehide', callback);
      page?.addEventListener('visibilitychange', onVisibility);
      return () => {
        globalThis.removeEventListener?.('pagehide', callback);
        page?.removeEventListener('visibilitychange', onVisibility);
      };
    },
  };
}
