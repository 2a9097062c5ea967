import type { PageNews } from '../ports.ts';

/** Tells of the page, as it is now and whenever it changes, until the returned function is called. */
export function followPage(tell: (news: PageNews) => void): () => void {
  const live = (): void => tell({ type: 'life', isHidden: document.visibilityState === 'hidden' });
  // On a reload or a navigation it comes, too; visibilitychange alone comes when a phone switches apps.
  const leave = (): void => tell({ type: 'life', isHidden: true });
  const online = (): void => tell({ type: 'online' });
  document.addEventListener('visibilitychange', live);
  globalThis.addEventListener('pagehide', leave);
  globalThis.addEventListener('pageshow', live);
  globalThis.addEventListener('online', online);
  if (document.visibilityState === 'hidden') live();
  return () => {
    document.removeEventListener('visibilitychange', live);
    globalThis.removeEventListener('pagehide', leave);
    globalThis.removeEventListener('pageshow', live);
    globalThis.removeEventListener('online', online);
  };
}
