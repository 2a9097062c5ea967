import { diagnose } from '../src/diagnose/index.ts';
import { createUploader, type Uploader } from '../src/index.ts';
import { createDiagnosis } from './diagnosis.ts';
import { find, setText } from './dom.ts';
import { watchDropZone } from './drop-zone.ts';
import {
  createEmulatorClient,
  type EmulatorPlace,
  fetchCredentials,
  findEmulator,
} from './emulator-client.ts';
import { createEventLog } from './event-log.ts';
import { FaultPanel } from './fault-panel.ts';
import { createLinkSpeed } from './link-speed.ts';
import { readSettings, type Settings } from './settings.ts';
import { createUnfinishedList } from './unfinished-list.ts';
import { UploadList } from './upload-list.ts';

try {
  const place = await findEmulator();
  setText(find('place-endpoint', HTMLElement), place.origin);
  setText(find('place-bucket', HTMLElement), place.bucket);
  setText(find('place-region', HTMLElement), place.region);
  const settings = readSettings(find('settings', HTMLFormElement), location.search);
  const uploader = createUploader({
    bucket: place.bucket,
    region: place.region,
    endpoint: place.origin,
    credentials: fetchCredentials,
    partSize: settings.partSize,
    concurrency: settings.concurrency,
    timeout: { stall: settings.stall },
  });
  await showPage(place, settings, uploader);
} catch (error) {
  const notice = find('notice', HTMLElement);
  notice.hidden = false;
  setText(notice, error instanceof Error ? error.message : String(error));
}

async function showPage(
  place: EmulatorPlace,
  { partSize }: Settings,
  uploader: Uploader,
): Promise<void> {
  const emulator = createEmulatorClient(place);
  const log = createEventLog(find('log', HTMLElement), find('log-empty', HTMLElement));
  const settingsFields = find('settings-fields', HTMLFieldSetElement);
  const input = find('file-input', HTMLInputElement);
  const onFocusLost = (): void => input.focus();
  const uploads = new UploadList({
    element: find('uploads', HTMLElement),
    emptyHint: find('uploads-empty', HTMLElement),
    uploader,
    bucket: place.bucket,
    emulator,
    partSize,
    log,
    onChange: () => {
      settingsFields.disabled = uploads.isBusy;
      void unfinished.refresh();
    },
    onFocusLost,
  });
  const unfinished = createUnfinishedList({
    section: find('unfinished-section', HTMLElement),
    list: find('unfinished', HTMLElement),
    read: () => uploader.unfinished(),
    isShown: (key) => uploads.has(key),
    onResumed: ({ upload, file, event }) => uploads.add(upload, file, event),
    onFocusLost,
  });
  const faults = new FaultPanel({
    emulator,
    log,
    linkList: find('link-faults', HTMLElement),
    serverList: find('server-faults', HTMLElement),
    summary: find('fault-summary', HTMLElement),
    clear: find('fault-clear', HTMLButtonElement),
    speed: createLinkSpeed(find('link-speed', HTMLSelectElement), emulator, log),
  });
  createDiagnosis({
    button: find('diagnose', HTMLButtonElement),
    summary: find('diagnosis-summary', HTMLElement),
    list: find('findings', HTMLElement),
    diagnose: () => diagnose(uploader),
  });
  faults.watch();
  find('trouble', HTMLElement).hidden = false;
  await unfinished.refresh();
  watchDropZone({
    zone: find('drop-zone', HTMLElement),
    input,
    onFiles: (files) => {
      for (const file of files) uploads.start(file);
    },
    onFolder: (name) => log.add(name, 'A folder cannot be uploaded; pick its files.'),
  });
  input.disabled = false;
}
