import { invalidArgument, OssError } from '../errors.ts';

type Headers = Readonly<Record<string, string>>;

export const META_PREFIX = 'x-oss-meta-';

/** 8 KB for the names and values together (OSS docs, PutObject). */
const MAX_METADATA = 8192;

/** Throws InvalidArgument for metadata that is too long, or has a name of other than letters, digits and hyphens. */
export function assertMetadata(headers: Headers): void {
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(META_PREFIX)) continue;
    if (!/^[a-z0-9-]+$/.test(name.slice(META_PREFIX.length)))
      throw invalidArgument(name, value, 'The name of the user metadata is invalid.');
    size += name.length - META_PREFIX.length + value.length;
    if (size > MAX_METADATA)
      throw invalidArgument(name, value, 'The total size of user metadata must not exceed 8 KB.');
  }
}

const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'];

/** Throws InvalidArgument for a storage class that OSS does not have. */
export function assertStorageClass(headers: Headers): void {
  const name = 'x-oss-storage-class';
  const value = headers[name];
  if (value === undefined || STORAGE_CLASSES.includes(value)) return;
  throw invalidArgument(name, value, 'No such object storage class exists.');
}

/** Throws InvalidEncryptionAlgorithmError, and KmsServiceNotEnabled, for there is no key service here. */
export function assertEncryption(headers: Headers): void {
  const algorithm = headers['x-oss-server-side-encryption'];
  if (algorithm === undefined || algorithm === 'AES256' || algorithm === 'SM4') return;
  throw new OssError(
    algorithm === 'KMS' ? 'KmsServiceNotEnabled' : 'InvalidEncryptionAlgorithmError',
  );
}

/** The header that names the algorithm, for answers about an object that is encrypted. */
export function encryptionHeader(kept: Headers): Headers {
  const name = 'x-oss-server-side-encryption';
  const algorithm = kept[name];
  return algorithm === undefined ? {} : { [name]: algorithm };
}
