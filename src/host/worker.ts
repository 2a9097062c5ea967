import { systemClock } from '../platform/system-clock.ts';
import { createBrowserPlatform } from './browser-platform.ts';
import { Host } from './host.ts';
import { type FromWorker, PROTOCOL, type ToWorker } from './messages.ts';
import { Outbox } from './outbox.ts';
import { RemotePage } from './remote-page.ts';

// The worker in which the engine lives: whatever its page does, it goes on.

const outbox = new Outbox(systemClock, (messages) => globalThis.postMessage(messages));
const page = new RemotePage();
const platform = createBrowserPlatform();
const host = new Host(
  {
    ...platform,
    pageLife: page,
    connectivity: { ...platform.connectivity, onOnline: (callback) => page.onOnline(callback) },
  },
  tell,
);

globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => hear(data));
globalThis.addEventListener('securitypolicyviolation', ({ effectiveDirective, disposition }) => {
  // To send, or to load what lies beside it; forbidden WebAssembly is `script-src`, and no loss.
  const isLoss = ['connect-src', 'script-src-elem'].includes(effectiveDirective);
  if (isLoss && disposition === 'enforce') tell({ type: 'blocked' });
});
tell({ type: 'ready', protocol: PROTOCOL });

function hear(message: ToWorker): void {
  if (message.type === 'life') page.live(message.isHidden);
  else if (message.type === 'online') page.goOnline();
  else if (message.type === 'ping') tell({ type: 'pong' });
  else host.hear(message);
}

function tell(message: FromWorker): void {
  outbox.add(message);
}
