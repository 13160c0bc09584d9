import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RecordCipher } from './types.ts'

// Helpers of this library's own tests; not part of the package.

/** A new directory with a space in its name. */
export const makeDirectory = (): string => mkdtempSync(join(tmpdir(), 'growr collections '))

export const removeDirectory = (directory: string): void => rmSync(directory, { recursive: true, force: true })

/** Everything that lies in a directory. */
export const everyByte = (directory: string): Buffer => Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))))

/** A cipher out of node:crypto, so that this library is tested without the one that holds the keys. */
export function testCipher(key: Buffer = randomBytes(32)): RecordCipher {
  return {
    encrypt(plain, aad) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 }).setAAD(Buffer.from(aad), { plaintextLength: plain.byteLength })
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },
    decrypt(box, aad) {
      const bytes = Buffer.from(box)
      const decipher = createDecipheriv('chacha20-poly1305', key, bytes.subarray(0, 12), { authTagLength: 16 })
      decipher.setAAD(Buffer.from(aad), { plaintextLength: bytes.byteLength - 28 }).setAuthTag(bytes.subarray(-16))
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
    },
    blind: (field, value) => createHmac('sha256', key).update(JSON.stringify([field, value])).digest('base64url'),
  }
}
