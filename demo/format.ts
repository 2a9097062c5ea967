const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
const FRACTION_DIGITS = [0, 0, 1, 2, 2];
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const count = new Intl.NumberFormat('en');
const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** Such as `30.0 MB`: decimal units, as file managers and links have them. */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(FRACTION_DIGITS[power])} ${UNITS[power]}`;
}

/** Such as `10,000`. */
export function formatCount(value: number): string {
  return count.format(value);
}

/** Such as `3 min 20 s`. Two units at most, so that it is read at a glance. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${Math.ceil(milliseconds / SECOND)} s`;
  if (milliseconds < HOUR) return twoUnits(milliseconds, MINUTE, 'min', SECOND, 's');
  if (milliseconds < DAY) return twoUnits(milliseconds, HOUR, 'h', MINUTE, 'min');
  return twoUnits(milliseconds, DAY, 'd', HOUR, 'h');
}

/** Such as `12 min ago`. */
export function formatAgo(milliseconds: number): string {
  if (milliseconds < MINUTE) return 'just now';
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min ago`;
  if (milliseconds < DAY) return `${Math.floor(milliseconds / HOUR)} h ago`;
  return `${Math.floor(milliseconds / DAY)} d ago`;
}

/** Such as `14:03:07`. */
export function formatTime(date: Date): string {
  return time.format(date);
}

function twoUnits(
  milliseconds: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = String(Math.floor((milliseconds % large) / small)).padStart(2, '0');
  return `${Math.floor(milliseconds / large)} ${largeName} ${rest} ${smallName}`;
}
