export type { CallbackBodyType, CallbackOptions } from './callback/callback.ts';
export type { CallbackOutcome } from './callback/outcome.ts';
export {
  type NamedEndpoint,
  type Operation,
  UploadError,
  type UploadErrorDetails,
  type UploadErrorKind,
} from './errors.ts';
export type {
  PartView,
  UploadEvent,
  UploadListener,
  UploadResult,
  UploadSnapshot,
  UploadStatus,
} from './events.ts';
export type {
  AtOneEndpoint,
  AtSeveralEndpoints,
  CheckpointOptions,
  EndpointSettings,
  GeneralSettings,
  Integrity,
  RetryOptions,
  TimeoutOptions,
  UploaderOptions,
  UploaderSettings,
  UploadOptions,
} from './options.ts';
export type { Credentials, CredentialsProvider } from './oss/credentials.ts';
export type { Addressing } from './oss/endpoint.ts';
export type { Sign, SignMany } from './oss/remote-authorization.ts';
export type { RequestToSign, SignedRequest } from './oss/signing-request.ts';
export type { Unfinished } from './page/unfinished.ts';
export type { WorkerLoss } from './ports.ts';
export type { PostFields } from './post-object/form-fields.ts';
export type { AskForm, FileForForm } from './post-object/form-way.ts';
export type {
  SentByForm,
  SignedByApp,
  SignedWithCredentials,
  SigningOptions,
} from './signing-options.ts';
export type { Upload } from './upload.ts';
export { createUploader, type Uploader } from './uploader.ts';
