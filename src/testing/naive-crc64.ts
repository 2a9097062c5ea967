/** CRC-64/XZ by its definition, bit by bit. */
export function naiveCrc64(bytes: Uint8Array): string {
  let crc = 0xffff_ffff_ffff_ffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 1n) === 1n ? (crc >> 1n) ^ 0xc96c_5795_d787_0f42n : crc >> 1n;
    }
  }
  return String(crc ^ 0xffff_ffff_ffff_ffffn);
}
