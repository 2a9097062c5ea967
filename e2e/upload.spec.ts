import { expect, expectStored, MIB, PART, receivedBytes, requests, test } from './fixtures.ts';

const SIZES = [
  { name: 'of no bytes', size: 0, parts: 0 },
  { name: 'of one byte', size: 1, parts: 0 },
  { name: 'of exactly one part', size: PART, parts: 0 },
  { name: 'of one part and one byte', size: PART + 1, parts: 2 },
  { name: 'of 30 MiB', size: 30 * MIB, parts: 31 },
];

for (const { name, size, parts } of SIZES) {
  test(`a file ${name} arrives, each byte sent once`, async ({ tab, emulator }) => {
    const file = { size };
    await tab.open();
    const { result, error } = await tab.upload({ key: 'films/a b+c/ü.bin', file });
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ bucket: 'partway-demo', key: 'films/a b+c/ü.bin', size });
    expect(result?.location).toContain('/films/a%20b%2Bc/%C3%BC.bin');
    await expectStored(emulator, 'films/a b+c/ü.bin', file);
    expect(receivedBytes(emulator)).toBe(size);
    expect(requests(emulator, 'UploadPart')).toHaveLength(parts);
    expect(requests(emulator, 'PutObject')).toHaveLength(parts === 0 ? 1 : 0);
    await tab.expectNothingLeft();
  });
}
