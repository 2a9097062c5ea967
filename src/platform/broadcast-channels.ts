import type { Channels } from '../ports.ts';

/** BroadcastChannels, in pages and workers; nothing where the browser has none. */
export function createBroadcastChannels(): Channels | undefined {
  if (globalThis.BroadcastChannel === undefined) return undefined;
  return {
    open<Message>(name: string, onMessage: (message: Message) => void) {
      const channel = new BroadcastChannel(name);
      channel.addEventListener('message', ({ data }: MessageEvent<Message>) => onMessage(data));
      return {
        post: (message: Message) => channel.postMessage(message),
        close: () => channel.close(),
      };
    },
  };
}
