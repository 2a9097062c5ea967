import type { UploadError } from '../errors.ts';

/**
 * Adds what to do to an error that is about to be told. The texts are no part of what every page loads; where they
 * cannot be loaded, the error does without.
 */
export async function addAdvice(error: UploadError): Promise<void> {
  const { code, serviceMessage, operation } = error;
  try {
    const { explain } = await import('./error-codes/index.ts');
    const entry = explain(code, serviceMessage, operation);
    if (entry !== undefined) error.advise(entry.advice);
  } catch {
    // It has its code and its message all the same.
  }
}
