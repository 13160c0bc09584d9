import { createHmac } from 'node:crypto'
import { associate, decrypt, encrypt, wipe } from './aead.ts'
import { KeysError } from './errors.ts'
import { subkey } from './kdf.ts'
import type { Secret } from './types.ts'

const FORMAT = 1
const HEADER_BYTES = 5
const INFO_LIMIT = 1024

/** The versions of a secret that can be opened, from the first one on; custody answers it. */
export interface SecretVersions {
  newest(): number
  /** The root key of a version; undefined where it was destroyed or never was. */
  root(version: number): Buffer | undefined
}

/**
 * A symmetric secret. Each use has a subkey of its own, so that no two uses meet under one key.
 * A box is: format (1 byte) ‖ version (4 bytes) ‖ nonce ‖ ciphertext ‖ tag; group, purpose, id and version are associated data.
 */
export class SymmetricSecret implements Secret {
  readonly group: string
  readonly purpose: string
  readonly id: string
  readonly #versions: SecretVersions
  readonly #subkeys = new Map<string, Buffer>()

  constructor(group: string, purpose: string, id: string, versions: SecretVersions) {
    this.group = group
    this.purpose = purpose
    this.id = id
    this.#versions = versions
  }

  hmac(data: Uint8Array | string): Buffer {
    return createHmac('sha256', this.#subkey('hmac', 1)).update(data).digest()
  }

  derive(info: string, length = 32): Buffer {
    if (info.length === 0 || info.length > INFO_LIMIT || !Number.isInteger(length) || length < 16 || length > 64) {
      throw new KeysError('INVALID_KEY_REQUEST', `derived keys have 16 to 64 bytes and a name of 1 to ${INFO_LIMIT} characters`)
    }
    return subkey(this.#subkey('derive', 1), associate(this.group, this.purpose, this.id, info), length)
  }

  seal(plaintext: Uint8Array | string, aad: Uint8Array | string = ''): Buffer {
    return this.#encrypt('seal', plaintext, aad)
  }

  open(box: Uint8Array, aad: Uint8Array | string = ''): Buffer {
    return this.#decrypt('seal', box, aad)
  }

  wrap(dataKey: Uint8Array, aad: Uint8Array | string = ''): Buffer {
    return this.#encrypt('wrap', dataKey, aad)
  }

  unwrap(wrapped: Uint8Array, aad: Uint8Array | string = ''): Buffer {
    return this.#decrypt('wrap', wrapped, aad)
  }

  versionOf(box: Uint8Array): number {
    if (box.byteLength < HEADER_BYTES || box[0] !== FORMAT) throw new KeysError('SEAL_BROKEN', 'this is no sealed data of this release')
    return Buffer.from(box.buffer, box.byteOffset, box.byteLength).readUInt32BE(1)
  }

  /** Forgets the subkeys; custody calls it when it closes or destroys a version. */
  forget(): void {
    for (const key of this.#subkeys.values()) wipe(key)
    this.#subkeys.clear()
  }

  #encrypt(use: 'seal' | 'wrap', plaintext: Uint8Array | string, aad: Uint8Array | string): Buffer {
    const version = this.#versions.newest()
    const header = Buffer.alloc(HEADER_BYTES)
    header[0] = FORMAT
    header.writeUInt32BE(version, 1)
    const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext
    return Buffer.concat([header, encrypt(this.#subkey(use, version), bytes, this.#aad(use, version, aad))])
  }

  #decrypt(use: 'seal' | 'wrap', box: Uint8Array, aad: Uint8Array | string): Buffer {
    const version = this.versionOf(box)
    return decrypt(this.#subkey(use, version), box.subarray(HEADER_BYTES), this.#aad(use, version, aad))
  }

  #aad(use: string, version: number, aad: Uint8Array | string): Buffer {
    return associate('growr-secret', use, this.group, this.purpose, this.id, version, aad)
  }

  #subkey(use: string, version: number): Buffer {
    const name = `${use}/${version}`
    const known = this.#subkeys.get(name)
    if (known !== undefined) return known
    const root = this.#versions.root(version)
    if (root === undefined) throw new KeysError('SEAL_BROKEN', `version ${version} of the secret ${this.purpose}/${this.id} is not held: it was destroyed or made elsewhere`)
    const key = subkey(root, `growr/${use}`)
    this.#subkeys.set(name, key)
    return key
  }
}
