export { type Operation, UploadError, type UploadErrorKind } from './errors.ts';
export type {
  PartView,
  UploadEvent,
  UploadListener,
  UploadResult,
  UploadSnapshot,
  UploadStatus,
} from './events.ts';
export type {
  CheckpointOptions,
  RetryOptions,
  TimeoutOptions,
  UploaderOptions,
  UploadOptions,
} from './options.ts';
export type { Credentials } from './oss/credentials.ts';
export type { Addressing } from './oss/endpoint.ts';
export type { Upload } from './upload.ts';
export { createUploader, type Unfinished, type Uploader } from './uploader.ts';
