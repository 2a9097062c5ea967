export type { Credentials, CredentialsProvider } from '../oss/credentials.ts';
export type { Addressing } from '../oss/endpoint.ts';
export type { PostCondition, PostConstraints, PostForm } from '../oss/post-form.ts';
export type { RequestToSign, SignedRequest } from '../oss/signing-request.ts';
export {
  type AssumeRoleOptions,
  assumeRole,
  type StsRetryOptions,
  type TemporaryCredentials,
} from './assume-role.ts';
export { CallbackError, type CallbackErrorCode } from './callback-error.ts';
export { type CallbackResponseOptions, callbackResponse } from './callback-response.ts';
export {
  createSigner,
  type Decision,
  type Signer,
  type SignerLimits,
  type SignerOptions,
} from './create-signer.ts';
export type { FormFieldOptions } from './form-fields.ts';
export { createPostPolicy, type PostPolicyOptions } from './post-policy.ts';
export { type Presigned, type PresignOptions, presign } from './presign.ts';
export type { RamPolicy, RamStatement } from './ram-policy.ts';
export type { SignatureVersion } from './signing-options.ts';
export { SigningRefusal, type SigningRefusalCode } from './signing-refusal.ts';
export { StsError, type StsErrorDetails, type StsErrorKind } from './sts-error.ts';
export type { UploadOperation } from './upload-operations.ts';
export {
  type UploadPlace,
  type UploadPolicyOptions,
  type UploadRights,
  uploadPolicy,
} from './upload-policy.ts';
export type { UploadRequest } from './upload-requests.ts';
export {
  type CallbackRequestOptions,
  type CallbackVerifier,
  type CallbackVerifierOptions,
  createCallbackVerifier,
  type VerifiedCallback,
  verifyCallback,
} from './verify-callback.ts';
