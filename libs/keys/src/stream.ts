import sodium from 'sodium-native'
import { wipe } from './aead.ts'
import { KeysError } from './errors.ts'
import { deriveKek, isKdf, newKdf, requireStrength, subkey, type KdfCost, type KdfParameters } from './kdf.ts'

const HEADER_LIMIT = 4096
/** The largest message of a stream. */
export const MESSAGE_LIMIT = 16 * 1024 * 1024
const LENGTH_BYTES = 4

interface Header {
  readonly format: string
  readonly version: 1
  readonly kdf: KdfParameters
}

export interface StreamOptions {
  /** Names what the stream holds; a stream of another format does not open. */
  readonly format: string
  readonly passphrase: string
  readonly cost?: KdfCost
}

const KEY_INFO = (format: string): string => `growr/stream/${format}`

/**
 * Seals messages one after another under a pass phrase: a header line, then libsodium's secretstream (XChaCha20-Poly1305), each
 * message behind its length. None can be changed, moved, dropped or cut off without that being found. PASSPHRASE_TOO_SHORT.
 */
export class StreamSealer {
  /** To be written first. */
  readonly header: Buffer
  readonly #state: Buffer
  readonly #line: Buffer
  #first = true

  private constructor(line: Buffer, key: Uint8Array) {
    this.#state = Buffer.alloc(sodium.crypto_secretstream_xchacha20poly1305_STATEBYTES)
    const header = Buffer.alloc(sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES)
    sodium.crypto_secretstream_xchacha20poly1305_init_push(this.#state, header, key)
    this.#line = line
    this.header = Buffer.concat([line, header])
  }

  static async create({ format, passphrase, cost }: StreamOptions): Promise<StreamSealer> {
    requireStrength(passphrase)
    const kdf = newKdf(cost)
    const header: Header = { format, version: 1, kdf }
    const kek = await deriveKek(passphrase, kdf)
    const key = subkey(kek, KEY_INFO(format))
    try {
      return new StreamSealer(Buffer.from(`${JSON.stringify(header)}\n`), key)
    } finally {
      wipe(kek)
      wipe(key)
    }
  }

  /** One message, at most 16 MiB, sealed; with `last` the stream ends. */
  seal(message: Uint8Array, last = false): Buffer {
    if (message.byteLength > MESSAGE_LIMIT) throw new RangeError('a message of a stream has at most 16 MiB')
    const sealed = Buffer.allocUnsafe(LENGTH_BYTES + message.byteLength + sodium.crypto_secretstream_xchacha20poly1305_ABYTES)
    sealed.writeUInt32BE(sealed.byteLength - LENGTH_BYTES)
    const tag = last ? sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL : sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
    sodium.crypto_secretstream_xchacha20poly1305_push(this.#state, sealed.subarray(LENGTH_BYTES), message, this.#first ? this.#line : null, tag)
    this.#first = false
    if (last) sodium.sodium_memzero(this.#state)
    return sealed
  }
}

/**
 * Opens what `StreamSealer` sealed, message by message. WRONG_PASSPHRASE where the first does not open; BACKUP_DAMAGED where it is no
 * such stream, was altered, or ends before its end.
 */
export async function* openStream(source: AsyncIterable<Uint8Array>, { format, passphrase }: StreamOptions): AsyncGenerator<Buffer> {
  const reader = new Bytes(source)
  const line = await reader.line(HEADER_LIMIT)
  const header = line === null ? null : headerOf(line, format)
  const start = await reader.take(sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES)
  if (line === null || header === null || start === null) throw damaged()
  const kek = await deriveKek(passphrase, header.kdf)
  const key = subkey(kek, KEY_INFO(format))
  const state = Buffer.alloc(sodium.crypto_secretstream_xchacha20poly1305_STATEBYTES)
  try {
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, start, key)
    const tag = Buffer.alloc(1)
    for (let first = true; ; first = false) {
      const length = (await reader.take(LENGTH_BYTES))?.readUInt32BE() ?? 0
      const least = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
      const sealed = length < least || length > MESSAGE_LIMIT + least ? null : await reader.take(length)
      if (sealed === null) throw damaged()
      const message = Buffer.allocUnsafe(length - least)
      try {
        sodium.crypto_secretstream_xchacha20poly1305_pull(state, message, tag, sealed, first ? line : null)
      } catch (cause) {
        throw first ? new KeysError('WRONG_PASSPHRASE', 'this does not open with this pass phrase: give the one with which it was made') : damaged(cause)
      }
      yield message
      if (tag[0] !== sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL) continue
      if (await reader.take(1) !== null) throw damaged()
      return
    }
  } finally {
    for (const secret of [kek, key, state]) wipe(secret)
  }
}

function headerOf(line: Buffer, format: string): Header | null {
  try {
    const header = JSON.parse(line.toString('utf8')) as Partial<Header>
    return header.format === format && header.version === 1 && isKdf(header.kdf) ? header as Header : null
  } catch {
    return null
  }
}

const damaged = (cause?: unknown): KeysError => new KeysError('BACKUP_DAMAGED', 'this is no whole back-up of this release: take another one', cause === undefined ? undefined : { cause })

/** Takes bytes off a source in the portions that are asked for. */
class Bytes {
  readonly #source: AsyncIterator<Uint8Array>
  #chunks: Buffer[] = []
  #have = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Exactly so many, or null where there are fewer. */
  async take(count: number): Promise<Buffer | null> {
    while (this.#have < count) {
      const next = await this.#source.next()
      if (next.done === true) return null
      this.#chunks.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength))
      this.#have += next.value.byteLength
    }
    const all = this.#chunks.length === 1 ? this.#chunks[0] as Buffer : Buffer.concat(this.#chunks)
    this.#chunks = [all.subarray(count)]
    this.#have = all.byteLength - count
    return all.subarray(0, count)
  }

  /** Up to and with the next line feed; null where none comes within the limit. */
  async line(limit: number): Promise<Buffer | null> {
    const bytes: Buffer[] = []
    for (let length = 0; length < limit; length++) {
      const byte = await this.take(1)
      if (byte === null) return null
      bytes.push(byte)
      if (byte[0] === 0x0a) return Buffer.concat(bytes)
    }
    return null
  }
}
