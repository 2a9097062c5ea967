/** A promise that is settled from outside; nobody has to look at it. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(reason: unknown): void;
}

export function createDeferred<Value>(): Deferred<Value> {
  let resolve: (value: Value) => void = nothing;
  let reject: (reason: unknown) => void = nothing;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // A page that never looks at it gets no unhandled rejection.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

function nothing(): void {}
