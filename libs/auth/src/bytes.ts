import { createHash, timingSafeEqual } from 'node:crypto'

/** Joins parts so that no two different lists give the same bytes: each part follows its length. */
export function bind(...parts: readonly string[]): Buffer {
  const chunks: Buffer[] = []
  for (const part of parts) {
    const bytes = Buffer.from(part, 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    chunks.push(length, bytes)
  }
  return Buffer.concat(chunks)
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** Compares in a time that does not depend on where two byte strings differ. Lengths are no secret here. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** As `sameBytes`, for texts. */
export const sameText = (a: string, b: string): boolean => sameBytes(Buffer.from(a), Buffer.from(b))
