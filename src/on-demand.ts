import { type AskSettings, askApp } from './oss/ask-app.ts';

/**
 * Loads a part of the library when it is first needed, once. A page may be offline just then: it is tried again, as any
 * function of the app is.
 *
 * The returned function rejects with an `UploadError` of kind `credentials` when it cannot be had.
 */
export function onDemand<Loaded>(
  load: () => Promise<Loaded>,
  settings: AskSettings,
): () => Promise<Loaded> {
  let loading: Promise<Loaded> | undefined;
  return () => {
    loading ??= askApp('library', load, (loaded) => loaded, settings).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
