export type { Credentials, CredentialsProvider } from '../oss/credentials.ts';
export type { Addressing } from '../oss/endpoint.ts';
export type { PostCondition, PostConstraints, PostForm } from '../oss/post-form.ts';
export type { RequestToSign, SignedRequest } from '../oss/signing-request.ts';
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
export type { SignatureVersion } from './signing-options.ts';
export { SigningRefusal, type SigningRefusalCode } from './signing-refusal.ts';
export type { UploadOperation } from './upload-operations.ts';
export type { UploadRequest } from './upload-requests.ts';
