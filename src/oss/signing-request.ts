/** A request that the app's server is asked to sign. */
export interface RequestToSign {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly bucket: string;
  /**
   * The address of the bucket that it is sent to, without the key, such as `https://videos.oss-cn-hangzhou.aliyuncs.com`: a
   * signed address has to begin with it. Signatures do not cover it. Every uploader tells it.
   */
  readonly endpoint?: string;
  /** Decoded. */
  readonly key: string;
  /** Decoded; an empty value for a bare name such as `uploads`. */
  readonly query: Readonly<Record<string, string>>;
  /** The headers that will be sent, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body; the browser sends it as Content-Length. */
  readonly size: number;
  /** Bytes of the whole file that the request is part of. */
  readonly fileSize: number;
  /** Seconds from now for which the signature must hold at least. */
  readonly expiresIn: number;
}

/** What the app's server answers: headers to send besides, or a signed address to send to. */
export type SignedRequest =
  | { readonly headers: Readonly<Record<string, string>>; readonly url?: undefined }
  | { readonly url: string; readonly headers?: undefined };
