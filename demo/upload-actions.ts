import type { Upload, UploadSnapshot, UploadStatus } from '../src/index.ts';
import { create, createButton, setText } from './dom.ts';

export interface UploadActionsOptions {
  readonly upload: Upload;
  readonly onTryAgain: () => void;
  readonly onRemove: () => void;
}

export interface UploadActions {
  readonly element: HTMLElement;
  show(snapshot: UploadSnapshot): void;
}

type Action = 'pause' | 'resume' | 'cancel' | 'try-again' | 'remove';

const WHILE_RUNNING: readonly Action[] = ['pause', 'cancel'];
const ACTIONS: Readonly<Record<UploadStatus, readonly Action[]>> = {
  queued: WHILE_RUNNING,
  'waiting-for-tab': WHILE_RUNNING,
  opening: WHILE_RUNNING,
  uploading: WHILE_RUNNING,
  'waiting-for-network': WHILE_RUNNING,
  completing: WHILE_RUNNING,
  verifying: WHILE_RUNNING,
  'needs-file': ['cancel'],
  paused: ['resume', 'cancel'],
  failed: ['try-again', 'cancel'],
  done: ['remove'],
  cancelled: ['remove'],
};

/** What can be done with an upload as it stands. */
export function createUploadActions({
  upload,
  onTryAgain,
  onRemove,
}: UploadActionsOptions): UploadActions {
  const cancel = (): void => {
    const hasFailed = upload.snapshot.status === 'failed';
    const cancelled = upload.cancel();
    if (!hasFailed) return;
    element.setAttribute('aria-busy', 'true');
    void cancelled.then(onRemove);
  };
  const buttons: Readonly<Record<Action, HTMLButtonElement>> = {
    pause: createButton('Pause', { 'data-testid': 'pause' }, () => upload.pause()),
    resume: createButton('Resume', { 'data-testid': 'resume', class: 'strong' }, () =>
      upload.resume(),
    ),
    'try-again': createButton(
      'Try again',
      { 'data-testid': 'try-again', class: 'strong' },
      onTryAgain,
    ),
    cancel: createButton('Cancel', { 'data-testid': 'cancel' }, cancel),
    remove: createButton('Remove', { 'data-testid': 'remove' }, onRemove),
  };
  const element = create('div', { class: 'actions' }, ...Object.values(buttons));
  let shown: UploadStatus | undefined;
  return {
    element,
    show: ({ status }) => {
      if (status === shown) return;
      shown = status;
      const hadFocus = element.contains(document.activeElement);
      const wanted = ACTIONS[status];
      for (const [action, button] of Object.entries(buttons))
        button.hidden = !wanted.some((name) => name === action);
      setText(buttons.cancel, status === 'failed' ? 'Discard' : 'Cancel');
      // A button that vanishes under the keyboard hands its focus to the one in its place.
      if (hadFocus && wanted[0] !== undefined) buttons[wanted[0]].focus();
    },
  };
}
