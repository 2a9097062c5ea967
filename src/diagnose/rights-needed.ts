/** An action of RAM that uploads need, and what does not work without it. */
export interface NeededRight {
  readonly action: string;
  /** As in "oss:PutObject (upload at all)". */
  readonly use: string;
  readonly isVital: boolean;
}

export const RIGHTS: Readonly<Record<'put' | 'list' | 'abort' | 'head', NeededRight>> = {
  put: { action: 'oss:PutObject', use: 'upload at all', isVital: true },
  list: { action: 'oss:ListParts', use: 'resume after a reload', isVital: false },
  abort: { action: 'oss:AbortMultipartUpload', use: 'tidy up what is cancelled', isVital: false },
  head: {
    action: 'oss:GetObject',
    use: 'see whether an upload whose last answer was lost has worked',
    isVital: false,
  },
};

export const ALL_ACTIONS: readonly string[] = Object.values(RIGHTS).map(({ action }) => action);
