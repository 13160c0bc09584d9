import { hkdfSync, randomBytes } from 'node:crypto'
import sodium from 'sodium-native'
import { KEY_BYTES, wipe } from './aead.ts'
import { KeysError } from './errors.ts'

/** How a key-encrypting key is derived from a pass phrase: argon2id version 1.3, one lane (RFC 9106). */
export interface KdfParameters {
  name: 'argon2id'
  /** Base64 of 16 random bytes. */
  salt: string
  /** Passes over the memory. */
  passes: number
  /** Memory in KiB. */
  memory: number
}

export interface KdfCost {
  passes: number
  memory: number
}

/** RFC 9106, second recommended option (3 passes over 64 MiB), with one lane as libsodium has it. */
export const DEFAULT_COST: KdfCost = { passes: 3, memory: 64 * 1024 }

// A file is read before it can be trusted: its parameters must cost neither too little nor the machine's memory.
const PASSES = { min: 2, max: 16 }
const MEMORY = { min: 19 * 1024, max: 512 * 1024 }
const SALT_BYTES = 16
const PASSPHRASE_MIN = 12
const PASSPHRASE_MAX = 1024

/** New parameters with a salt of their own. */
export function newKdf(cost: KdfCost = DEFAULT_COST): KdfParameters {
  const parameters: KdfParameters = { name: 'argon2id', salt: randomBytes(SALT_BYTES).toString('base64'), passes: cost.passes, memory: cost.memory }
  if (!isKdf(parameters)) throw new KeysError('INVALID_KEY_REQUEST', `argon2id takes ${PASSES.min} to ${PASSES.max} passes over ${MEMORY.min} to ${MEMORY.max} KiB`)
  return parameters
}

/** Whether a value from outside is a set of parameters within the bounds. */
export function isKdf(value: unknown): value is KdfParameters {
  if (typeof value !== 'object' || value === null) return false
  const { name, salt, passes, memory } = value as Record<string, unknown>
  return name === 'argon2id'
    && typeof salt === 'string' && salt.length === 24 && Buffer.from(salt, 'base64').byteLength === SALT_BYTES
    && within(passes, PASSES) && within(memory, MEMORY)
}

/**
 * The key-encrypting key of a pass phrase, 32 bytes in guarded memory. The pass phrase is brought into
 * Unicode form NFKC first, so that an accent typed on another system gives the same key.
 */
export async function deriveKek(passphrase: string, kdf: KdfParameters): Promise<Buffer> {
  const password = Buffer.from(passphrase.normalize('NFKC'), 'utf8')
  const kek = sodium.sodium_malloc(KEY_BYTES)
  try {
    await sodium.crypto_pwhash_async(
      kek, password, Buffer.from(kdf.salt, 'base64'), kdf.passes, kdf.memory * 1024, sodium.crypto_pwhash_ALG_ARGON2ID13,
    )
  } finally {
    wipe(password)
  }
  return kek
}

/** Refuses a pass phrase that is too short to protect anything: PASSPHRASE_TOO_SHORT. */
export function requireStrength(passphrase: string): void {
  const length = [...passphrase.normalize('NFKC')].length
  if (length < PASSPHRASE_MIN || length > PASSPHRASE_MAX) {
    throw new KeysError('PASSPHRASE_TOO_SHORT', `a pass phrase has ${PASSPHRASE_MIN} to ${PASSPHRASE_MAX} characters: take five or more random words`)
  }
}

/** A key for one use out of a key (HKDF-SHA-256, RFC 5869). */
export function subkey(key: Uint8Array, info: Uint8Array | string, length = KEY_BYTES): Buffer {
  return Buffer.from(hkdfSync('sha256', key, new Uint8Array(0), info, length))
}

function within(value: unknown, { min, max }: { min: number; max: number }): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}
