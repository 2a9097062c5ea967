import { UploadError, type UploadErrorDetails, type UploadErrorKind } from '../errors.ts';

/**
 * An error in a form that crosses between a page and its worker. An `UploadError` would arrive as a plain `Error`; one that
 * a function of the app threw is kept in the page and named by the call, as it may be more than can be copied.
 */
export type CrossingError =
  | {
      readonly how: 'by-value';
      readonly kind: UploadErrorKind;
      readonly message: string;
      readonly details: Omit<UploadErrorDetails, 'cause'>;
      /** Absent where the error has none. */
      readonly cause: CrossingError | undefined;
    }
  | { readonly how: 'by-call'; readonly call: number }
  | { readonly how: 'as-it-is'; readonly error: unknown };

/** @param callOf the call that an error of the app was the answer to. */
export function pack(
  error: unknown,
  callOf: (error: unknown) => number | undefined = () => undefined,
): CrossingError {
  const call = callOf(error);
  if (call !== undefined) return { how: 'by-call', call };
  if (!(error instanceof UploadError)) return { how: 'as-it-is', error: copyableError(error) };
  const { name: _name, kind, message, cause, ...details } = error;
  const { advice } = error;
  return {
    how: 'by-value',
    kind,
    // The constructor adds it again.
    message: advice === undefined ? message : message.slice(0, -advice.length - 1),
    details: { ...details, advice },
    cause: cause === undefined ? undefined : pack(cause, callOf),
  };
}

/** @param ofCall what the app's function threw in that call. */
export function unpack(
  crossing: CrossingError,
  ofCall: (call: number) => unknown = () => undefined,
): unknown {
  switch (crossing.how) {
    case 'by-call':
      return ofCall(crossing.call);
    case 'as-it-is':
      return crossing.error;
    case 'by-value': {
      const { kind, message, details, cause } = crossing;
      const known = cause === undefined ? {} : { cause: unpack(cause, ofCall) };
      return new UploadError(kind, message, { ...details, ...known });
    }
  }
}

/** What an app gave, without what of it cannot be copied: methods of its own, for example. */
export function copyable(value: unknown): unknown {
  return canBeCopied(value) ? value : JSON.parse(JSON.stringify(value) ?? 'null');
}

// What cannot be copied is told in words.
function copyableError(error: unknown): unknown {
  return canBeCopied(error) ? error : new Error(String(error));
}

function canBeCopied(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
