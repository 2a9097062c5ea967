/** A promise whose outcome a test decides. */
export interface Controlled<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: unknown) => void;
}

export function controlled<Value = void>(): Controlled<Value> {
  const handles: { resolve?: (value: Value) => void; reject?: (reason: unknown) => void } = {};
  const promise = new Promise<Value>((resolve, reject) =>
    Object.assign(handles, { resolve, reject }),
  );
  promise.catch(() => undefined);
  return {
    promise,
    resolve: (value) => handles.resolve?.(value),
    reject: (reason) => handles.reject?.(reason),
  };
}

/** How a promise stands, for as long as the test looks. */
export function watch<Value>(promise: Promise<Value>): {
  value?: Value;
  reason?: unknown;
  isSettled: boolean;
} {
  const state: { value?: Value; reason?: unknown; isSettled: boolean } = { isSettled: false };
  promise.then(
    (value) => Object.assign(state, { value, isSettled: true }),
    (reason: unknown) => Object.assign(state, { reason, isSettled: true }),
  );
  return state;
}
