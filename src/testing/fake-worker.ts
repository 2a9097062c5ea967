import type { Platform } from '../host/engine-uploader.ts';
import { Host } from '../host/host.ts';
import { type AboutUpload, type FromWorker, PROTOCOL, type ToWorker } from '../host/messages.ts';

/** A worker as its page sees it, with the engine in it. What is said is copied, as between threads, and comes later. */
export class FakeWorker extends EventTarget {
  readonly told: ToWorker[] = [];
  isTerminated = false;
  /** Whether it says nothing, as one that has died. */
  isSilent = false;
  readonly #host: Host;
  /** What it was told before it was there. */
  #waiting: ToWorker[] | undefined = [];
  readonly #onEnd: () => void;

  /** @param onEnd called when it is ended, or dies. */
  constructor(platform: Platform, onEnd: () => void) {
    super();
    this.#onEnd = onEnd;
    this.#host = new Host(platform, (message) => this.say(message));
  }

  /** Says that it is there. */
  start(protocol: number = PROTOCOL): void {
    this.say({ type: 'ready', protocol });
    if (protocol !== PROTOCOL) return;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const message of waiting) this.#hear(message);
  }

  postMessage(message: ToWorker): void {
    const data = copied(message);
    this.told.push(data);
    if (this.#waiting === undefined) queueMicrotask(() => this.#hear(data));
    else this.#waiting.push(data);
  }

  terminate(): void {
    this.isTerminated = true;
    this.#onEnd();
  }

  /** Dies without a word. */
  die(): void {
    this.isSilent = true;
    this.#onEnd();
  }

  say(message: FromWorker): void {
    if (this.isSilent || this.isTerminated) return;
    const data: FromWorker[] = structuredClone([message]);
    queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data })));
  }

  fail(): void {
    this.dispatchEvent(new Event('error', { cancelable: true }));
  }

  /** All it was told of one type, in order. */
  heard<Type extends ToWorker['type']>(type: Type): Extract<ToWorker, { readonly type: Type }>[] {
    return this.told.filter(
      (message): message is Extract<ToWorker, { readonly type: Type }> => message.type === type,
    );
  }

  #hear(message: ToWorker): void {
    if (this.isSilent || this.isTerminated) return;
    if (message.type === 'ping') this.say({ type: 'pong' });
    else if (message.type !== 'life' && message.type !== 'online') this.#host.hear(message);
  }
}

// Node makes a Blob of a File that it copies; browsers do not.
function copied(message: ToWorker): ToWorker {
  if (message.type === 'upload') return { ...message, about: aboutOf(message.about) };
  if (message.type === 'resume') return message;
  if (message.type !== 'question' || message.question.type !== 'cancel')
    return structuredClone(message);
  return { ...message, question: { ...message.question, about: aboutOf(message.question.about) } };
}

function aboutOf({ file, ...about }: AboutUpload): AboutUpload {
  return { ...structuredClone(about), file };
}
