export type { CallbackBodyType, CallbackOptions, CallbackOutcome } from '../callback/index.ts';
export { UploadError } from '../errors.ts';
export type { PostFields } from './form-fields.ts';
export type { PostObjectEvent, PostObjectOptions, PostObjectProgress } from './options.ts';
export { type PostObjectResult, postObject } from './post-object.ts';
