import type { Channel, Channels, Locks } from '../ports.ts';

interface Hold {
  readonly owner: Inbox;
  readonly onStolen: () => void;
}

interface Waiter extends Hold {
  readonly grant: (hold: Hold) => void;
}

type Line = (message: unknown) => void;

/** The locks and channels of one browser, by the rules of Web Locks and of BroadcastChannel. */
export class FakeTabs {
  readonly #held = new Map<string, Hold>();
  readonly #queues = new Map<string, Waiter[]>();
  readonly #lines = new Map<string, Set<Line>>();

  /** The names of the locks that are held. */
  get held(): string[] {
    return [...this.#held.keys()];
  }

  open(): FakeTab {
    const inbox = new Inbox();
    return {
      locks: this.#locksOf(inbox),
      channels: this.#channelsOf(inbox),
      deliver: (news) => inbox.deliver(news),
      freeze: () => inbox.freeze(),
      wake: () => inbox.wake(),
      close: () => {
        inbox.close();
        for (const queue of this.#queues.values())
          queue.splice(0, queue.length, ...queue.filter(({ owner }) => owner !== inbox));
        for (const [name, hold] of this.#held) if (hold.owner === inbox) this.#release(name, hold);
      },
    };
  }

  #locksOf(inbox: Inbox): Locks {
    return {
      held: () => Promise.resolve(this.held),
      request: (name, { how, signal, onStolen }) =>
        new Promise((resolve, reject) => {
          signal?.throwIfAborted();
          // Whoever is gone asks for nothing; what goes on in a test is its shadow.
          if (inbox.isClosed) return;
          const queue = this.#queues.get(name) ?? [];
          this.#queues.set(name, queue);
          const grant = (hold: Hold): void => {
            this.#held.set(name, hold);
            resolve(() => this.#release(name, hold));
          };
          const waiter = { owner: inbox, grant, onStolen: () => inbox.deliver(onStolen) };
          const holder = this.#held.get(name);
          if (holder === undefined || how === 'steal') {
            holder?.onStolen();
            grant(waiter);
          } else if (how === 'if-free') {
            resolve(undefined);
          } else {
            queue.push(waiter);
            signal?.addEventListener('abort', () => {
              if (!queue.includes(waiter)) return;
              queue.splice(queue.indexOf(waiter), 1);
              reject(signal.reason);
            });
          }
        }),
    };
  }

  #release(name: string, hold: Hold): void {
    if (this.#held.get(name) !== hold) return;
    this.#held.delete(name);
    const next = this.#queues.get(name)?.shift();
    next?.grant(next);
  }

  #channelsOf(inbox: Inbox): Channels {
    const byName = this.#lines;
    return {
      open<Message>(name: string, onMessage: (message: Message) => void): Channel<Message> {
        const lines = byName.get(name) ?? new Set();
        byName.set(name, lines);
        const hear: Line = (message) =>
          inbox.deliver(() => {
            if (lines.has(hear)) onMessage(message as Message);
          });
        lines.add(hear);
        return {
          post(message) {
            if (!lines.has(hear)) throw new DOMException('Closed.', 'InvalidStateError');
            for (const line of lines) if (line !== hear) line(structuredClone(message));
          },
          close: () => void lines.delete(hear),
        };
      },
    };
  }
}

/** What a tab has of them. */
export interface FakeTab {
  readonly locks: Locks;
  readonly channels: Channels;
  /** Lets news in: an answer, a timer, a message. */
  readonly deliver: (news: () => void) => void;
  /** Nothing is let in any more, until the tab wakes: its main thread hangs. */
  freeze(): void;
  wake(): void;
  /** It goes away: what it held is anybody's, and nothing is let in any more. */
  close(): void;
}

class Inbox {
  #kept: (() => void)[] | undefined;
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  deliver(news: () => void): void {
    if (this.#isClosed) return;
    if (this.#kept === undefined) queueMicrotask(news);
    else this.#kept.push(news);
  }

  freeze(): void {
    this.#kept ??= [];
  }

  wake(): void {
    for (const news of this.#kept ?? []) queueMicrotask(news);
    this.#kept = undefined;
  }

  close(): void {
    this.#isClosed = true;
  }
}
