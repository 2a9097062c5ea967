import { DiskBlobs } from './disk-blobs.ts';
import { DiskJournal } from './disk-journal.ts';
import { forgetfulJournal } from './journal.ts';
import { MemoryBlobs } from './memory-blobs.ts';
import { ObjectStore } from './object-store.ts';

/** Opens the store in a directory, which is created if need be, or in memory. */
export async function openStore(dataDir: string | undefined): Promise<ObjectStore> {
  if (dataDir === undefined) return new ObjectStore(new MemoryBlobs(), forgetfulJournal);
  const journal = new DiskJournal(dataDir);
  const remembered = await journal.open();
  const blobs = new DiskBlobs(dataDir);
  const pieces = [
    ...remembered.objects.flatMap((object) => object.pieces),
    ...remembered.uploads.flatMap((upload) => [...upload.parts.values()].map(({ bytes }) => bytes)),
  ];
  await blobs.open(new Set(pieces.map(({ id }) => id)));
  return new ObjectStore(blobs, journal, remembered);
}
