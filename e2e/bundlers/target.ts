/** Where the app that bundlers build uploads to. */
export interface Target {
  readonly endpoint: string;
  readonly region: string;
  /** Bytes. */
  readonly size: number;
  readonly signatureVersion?: 1 | 4;
}

declare global {
  interface Window {
    upload(target: Target): Promise<{ etag: string; verified: string }>;
  }
}
