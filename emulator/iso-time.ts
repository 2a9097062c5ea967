/** A time in epoch milliseconds as answers write it: whole seconds. */
export function isoTime(epoch: number): string {
  return new Date(Math.floor(epoch / 1000) * 1000).toISOString();
}
