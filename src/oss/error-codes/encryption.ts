import type { EncryptionCode } from './codes.ts';
import type { ErrorCodeEntry } from './entry.ts';

export const ENCRYPTION: Readonly<Record<EncryptionCode, ErrorCodeEntry>> = {
  AliasNotFound: {
    status: 404,
    meaning: 'The key service knows no key by this alias.',
    advice: 'Correct x-oss-server-side-encryption-key-id in `headers`, or use the id of the key.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 404',
  },
  InvalidEncryptionAlgorithmError: {
    status: 400,
    meaning: 'OSS does not know the encryption that the headers ask for.',
    advice: 'Set x-oss-server-side-encryption in `headers` to AES256 or KMS, or leave it out.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  InvalidEncryptionRequest: {
    status: 400,
    meaning: 'Metadata of client-side encryption are incomplete or contradict the upload.',
    advice:
      'Remove names that start with client-side-encryption from `metadata`: this uploader does not encrypt files itself.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 400',
  },
  KeyDisabled: {
    status: 409,
    meaning: 'The encryption key of the object or bucket is disabled.',
    advice: 'Enable the key in the KMS console, or name another one in `headers`.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 409',
  },
  KeyNotFound: {
    status: 404,
    meaning: 'The encryption key does not exist in this region.',
    advice:
      "Correct x-oss-server-side-encryption-key-id in `headers`, or the key in the bucket's encryption settings.",
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 404',
  },
  KeyPendingDeletion: {
    status: 409,
    meaning: 'The encryption key is about to be deleted.',
    advice: 'Cancel the deletion in the KMS console, or name another key in `headers`.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 409',
  },
  KeyPendingImport: {
    status: 409,
    meaning: 'The encryption key has no key material yet.',
    advice: 'Import its material in the KMS console, or name another key in `headers`.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 409',
  },
  KmsInDebt: {
    status: 403,
    meaning: 'The key service refuses because the account has overdue payments.',
    advice: 'Settle the bill in the console, or upload without KMS encryption meanwhile.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  KmsInDebtOverdue: {
    status: 403,
    meaning: 'The key service is suspended because the account has been in arrears for long.',
    advice: 'Settle the bill in the console, or upload without KMS encryption meanwhile.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  KmsServiceNotEnabled: {
    status: 403,
    meaning: 'KMS encryption is asked for, but the account has not activated the key service.',
    advice:
      'Activate KMS in the console, or choose AES256 in `headers` or the encryption settings of the bucket.',
    recovery: 'fail',
    source: 'OSS docs, InitiateMultipartUpload; HTTP status code 400 lists it, too',
  },
  KmsUbsmsInvalidBid: {
    status: 403,
    meaning: 'The key service is not available to this account.',
    advice:
      'Activate KMS in the console, or choose AES256 in `headers` or the encryption settings of the bucket.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
};
