export {
  type AssumeRoleOptions,
  assumeRole,
  type StsRetryOptions,
  type TemporaryCredentials,
} from './assume-role.ts';
export { CallbackError, type CallbackErrorCode } from './callback-error.ts';
export { type CallbackResponseOptions, callbackResponse } from './callback-response.ts';
export type { RamPolicy, RamStatement } from './ram-policy.ts';
export { StsError, type StsErrorDetails, type StsErrorKind } from './sts-error.ts';
export {
  type UploadPlace,
  type UploadPolicyOptions,
  type UploadRights,
  uploadPolicy,
} from './upload-policy.ts';
export {
  type CallbackRequestOptions,
  type CallbackVerifier,
  type CallbackVerifierOptions,
  createCallbackVerifier,
  type VerifiedCallback,
  verifyCallback,
} from './verify-callback.ts';
