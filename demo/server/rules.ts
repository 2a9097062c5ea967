/** What the keys of all objects of this app begin with. */
export const KEY_PREFIX = 'demo/';
/** Bytes of a file. */
export const MAX_FILE_SIZE = 100_000_000_000;
/** Bytes of a file that is sent by a form, which cannot go on where it stopped. */
export const MAX_FORM_SIZE = 1_000_000_000;
