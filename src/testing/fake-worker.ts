import type { FromWorker, ToWorker } from '../platform/worker/messages.ts';

/** A worker that says what a test has it say, and remembers what it was told. */
export class FakeWorker extends EventTarget {
  readonly told: ToWorker[] = [];
  isTerminated = false;

  postMessage(message: ToWorker): void {
    this.told.push(message);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  say(message: FromWorker): void {
    this.dispatchEvent(new MessageEvent('message', { data: message }));
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
}
