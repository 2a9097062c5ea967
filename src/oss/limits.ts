// What OSS sets, in bytes where nothing else is said (OSS docs, "Limits").

const KIB = 1024;

/** The smallest part, but for the last one. */
export const MIN_PART_SIZE: number = 100 * KIB;
/** The largest part, and the largest object in one request. */
export const MAX_PART_SIZE: number = 5 * KIB ** 3;
/** The most parts of one upload, and the highest part number. */
export const MAX_PARTS = 10_000;
/** The largest object: 48.8 TB. */
export const MAX_FILE_SIZE: number = MAX_PARTS * MAX_PART_SIZE;
