export {
  type CallbackBodyType,
  type CallbackOptions,
  type EncodedCallback,
  encodeCallback,
} from './callback.ts';
export { type CallbackOutcome, lostCallbackOutcome, readCallbackOutcome } from './outcome.ts';
