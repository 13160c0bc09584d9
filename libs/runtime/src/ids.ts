import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from './clock.ts'

/** Crockford's base 32: no I, L, O, U, so that a person can read an id aloud. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const randomBits = 80n
const largestTime = 2 ** 48 - 1

export interface IdOptions {
  readonly clock?: Clock
  /** For tests that must repeat; node:crypto where not given. */
  readonly random?: (bytes: number) => Buffer
}

function encode(value: bigint, length: number): string {
  let text = ''
  for (let at = 0; at < length; at++, value >>= 5n) text = alphabet[Number(value & 31n)]! + text
  return text
}

const toBigInt = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)

/**
 * Makes ids of 26 characters in the form of a ULID: 48 bits of time in milliseconds, 80 random bits. Each is greater
 * than the one before, also within a millisecond or when the clock goes back. They lead to nobody: nothing of a person
 * goes into them.
 */
export function createIds(options: IdOptions = {}): () => string {
  const { clock = systemClock, random = randomBytes } = options
  let time = -1
  let tail = 0n
  return () => {
    const now = Math.min(Math.max(clock.now().getTime(), 0), largestTime)
    if (now > time) {
      time = now
      tail = toBigInt(random(10))
    } else {
      // A random step, so that one id does not tell the next.
      tail += 1n + toBigInt(random(4))
      if (tail >> randomBits) {
        time++
        tail = toBigInt(random(10))
      }
    }
    return encode(BigInt(time), 10) + encode(tail, 16)
  }
}

/** An id by the system's clock. */
export const newId: () => string = createIds()

/** When an id was made, by the clock of its maker. */
export function timeOfId(id: string): Date {
  let time = 0
  for (const letter of id.slice(0, 10)) time = time * 32 + alphabet.indexOf(letter)
  return new Date(time)
}
