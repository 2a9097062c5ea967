/** What signing adds to the query of an address, by V4 and by V1. */
export const SIGNATURE_QUERY: RegExp =
  /^(Expires|OSSAccessKeyId|Signature|security-token|x-oss-(signature|signature-version|credential|date|expires|additional-headers|security-token))$/;
