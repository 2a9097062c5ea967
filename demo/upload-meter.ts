import type { UploadSnapshot } from '../src/index.ts';
import { create, setText } from './dom.ts';
import { formatBytes, formatDuration } from './format.ts';

const NOTHING = '–';

export interface UploadMeter {
  readonly element: HTMLElement;
  show(snapshot: UploadSnapshot): void;
}

/**
 * How far an upload is: what is confirmed, what is sent beyond that, how fast, how long.
 *
 * @param isForm whether it goes in one request, of which nothing is confirmed before its end.
 */
export function createUploadMeter(isForm: boolean): UploadMeter {
  const percent = create('p', { class: 'percent' });
  const confirmed = figure('confirmed', 'confirmed-bytes');
  const sent = figure('on the way', 'sent-bytes');
  const speed = figure('speed', 'speed');
  const timeLeft = figure('left', 'time-left');
  const figures = [confirmed, sent, speed, timeLeft].map(({ element }) => element);
  const sentBar = create('span', { class: 'bar-sent' });
  const confirmedBar = create('span', { class: 'bar-confirmed' });
  const bar = create(
    'div',
    {
      class: 'bar',
      role: 'progressbar',
      'aria-label': isForm ? 'Sent' : 'Confirmed',
      'aria-valuemin': '0',
      'aria-valuemax': '100',
    },
    sentBar,
    confirmedBar,
  );
  const element = create(
    'div',
    { class: 'meter' },
    percent,
    create('dl', { class: 'figures' }, ...figures),
    bar,
  );
  return {
    element,
    show: (snapshot) => {
      const { status, size, confirmedBytes, sentBytes, bytesPerSecond } = snapshot;
      const isMoving = status === 'uploading';
      // What was sent of parts that are no longer in flight is on its way no more.
      const shownSent = isMoving ? sentBytes : confirmedBytes;
      const whole = String(percentOf(snapshot, isForm ? sentBytes : confirmedBytes));
      setText(percent, `${whole} %`);
      setText(confirmed.value, `${formatBytes(confirmedBytes)} of ${formatBytes(size)}`);
      confirmed.value.dataset['bytes'] = String(confirmedBytes);
      setText(sent.value, isMoving ? formatBytes(sentBytes - confirmedBytes) : NOTHING);
      sent.value.dataset['bytes'] = String(sentBytes);
      setText(speed.value, isMoving ? speedWords(bytesPerSecond) : NOTHING);
      setText(timeLeft.value, isMoving ? timeWords(snapshot.timeLeft) : NOTHING);
      confirmedBar.style.transform = `scaleX(${share(confirmedBytes, snapshot)})`;
      sentBar.style.transform = `scaleX(${share(shownSent, snapshot)})`;
      if (bar.getAttribute('aria-valuenow') !== whole) bar.setAttribute('aria-valuenow', whole);
    },
  };
}

function figure(label: string, testId: string) {
  const value = create('dd', { 'data-testid': testId }, NOTHING);
  return { value, element: create('div', {}, create('dt', {}, label), value) };
}

// 100 % means that the object is there.
function percentOf(snapshot: UploadSnapshot, bytes: number): number {
  if (snapshot.status === 'done') return 100;
  return Math.min(99, Math.floor(share(bytes, snapshot) * 100));
}

function share(bytes: number, { status, size }: UploadSnapshot): number {
  if (size === 0) return status === 'done' ? 1 : 0;
  return bytes / size;
}

function speedWords(bytesPerSecond: number | undefined): string {
  return bytesPerSecond === undefined ? NOTHING : `${formatBytes(bytesPerSecond)}/s`;
}

function timeWords(milliseconds: number | undefined): string {
  return milliseconds === undefined || !Number.isFinite(milliseconds)
    ? NOTHING
    : formatDuration(milliseconds);
}
