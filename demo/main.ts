import { diagnose } from '../src/diagnose/index.ts';
import { type CallbackOptions, createUploader, type Uploader } from '../src/index.ts';
import { fetchCallbackOptions, fetchHeard, signingFor } from './app-client.ts';
import { createDiagnosis } from './diagnosis.ts';
import { find, setText } from './dom.ts';
import { watchDropZone } from './drop-zone.ts';
import { createEmulatorClient, type EmulatorPlace, findEmulator } from './emulator-client.ts';
import { createEventLog } from './event-log.ts';
import { FaultPanel } from './fault-panel.ts';
import { createHeardList } from './heard-list.ts';
import { createLinkSpeed } from './link-speed.ts';
import { KEY_PREFIX } from './server/rules.ts';
import { readSettings, type Settings } from './settings.ts';
import { allowOwnWorkers } from './trusted-types.ts';
import { createUnfinishedList } from './unfinished-list.ts';
import { UploadList } from './upload-list.ts';

try {
  allowOwnWorkers();
  const place = await findEmulator();
  setText(find('place-endpoint', HTMLElement), place.origin);
  setText(find('place-bucket', HTMLElement), place.bucket);
  setText(find('place-region', HTMLElement), place.region);
  const settings = readSettings(find('settings', HTMLFormElement), location.search);
  const uploader = createUploader({
    bucket: place.bucket,
    region: place.region,
    endpoint: place.origin,
    ...signingFor(settings.way),
    partSize: settings.partSize,
    concurrency: settings.concurrency,
    timeout: { stall: settings.stall },
  });
  const callback = await fetchCallbackOptions();
  await showPage(place, settings, uploader, callback);
} catch (error) {
  const notice = find('notice', HTMLElement);
  notice.hidden = false;
  setText(notice, error instanceof Error ? error.message : String(error));
}

async function showPage(
  place: EmulatorPlace,
  { way, hasCallback, partSize }: Settings,
  uploader: Uploader,
  callback: CallbackOptions,
): Promise<void> {
  const isForm = way === 'form';
  if (isForm)
    setText(find('drop-hint', HTMLElement), 'A form goes whole: it begins anew after a reload.');
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
    callback: hasCallback ? callback : undefined,
    isForm,
    log,
    onChange: () => {
      settingsFields.disabled = uploads.isBusy;
      void unfinished.refresh();
      void heard.refresh();
    },
    onFocusLost,
  });
  const unfinished = createUnfinishedList({
    section: find('unfinished-section', HTMLElement),
    list: find('unfinished', HTMLElement),
    // A form begins anew: what was sent in parts waits for a way that can go on with it.
    read: async () => (isForm ? [] : await uploader.unfinished()),
    callback,
    isShown: (key) => uploads.has(key),
    onResumed: ({ upload, file, event }) => uploads.add(upload, file, event),
    onFocusLost,
  });
  const heard = createHeardList({
    list: find('heard', HTMLElement),
    hint: find('heard-hint', HTMLElement),
    read: fetchHeard,
  });
  const faults = new FaultPanel({
    emulator,
    log,
    linkList: find('link-faults', HTMLElement),
    serverList: find('server-faults', HTMLElement),
    hasCallback,
    summary: find('fault-summary', HTMLElement),
    clear: find('fault-clear', HTMLButtonElement),
    speed: createLinkSpeed(find('link-speed', HTMLSelectElement), emulator, log),
  });
  createDiagnosis({
    button: find('diagnose', HTMLButtonElement),
    summary: find('diagnosis-summary', HTMLElement),
    list: find('findings', HTMLElement),
    diagnose: () => diagnose(uploader, { prefix: KEY_PREFIX }),
  });
  faults.watch();
  find('trouble', HTMLElement).hidden = false;
  watchDropZone({
    zone: find('drop-zone', HTMLElement),
    input,
    onFiles: (files) => {
      for (const file of files) uploads.start(file);
    },
    onFolder: (name) => log.add(name, 'A folder cannot be uploaded; pick its files.'),
  });
  input.disabled = false;
  await Promise.all([unfinished.refresh(), heard.refresh()]);
}
