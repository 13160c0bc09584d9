import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto'

// A borrower's code that an agent's device can check without a connection. Whoever holds the list can try codes: eight digits at a
// tenth of a second each are months of one machine, and a list counts for a few days.

export const COST = { n: 2 ** 15, r: 8, p: 1 } as const
const DIGITS = 8

/** A new code and by what it is known. */
export async function newCode(): Promise<{ code: string; salt: string; hash: string }> {
  const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')
  const salt = randomBytes(16).toString('base64url')
  return { code, salt, hash: await hashOf(code, salt) }
}

/** The hash of a code: scrypt, 32 bytes, base64url. */
export function hashOf(code: string, salt: string): Promise<string> {
  const { n: N, r, p } = COST
  return new Promise((resolve, reject) => {
    scrypt(code, Buffer.from(salt, 'base64url'), 32, { N, r, p, maxmem: 64 * 1024 * 1024 }, (error, hash) => (error ? reject(error) : resolve(hash.toString('base64url'))))
  })
}

export async function isCode(code: string, { salt, hash }: { readonly salt: string; readonly hash: string }): Promise<boolean> {
  return timingSafeEqual(Buffer.from(await hashOf(code, salt), 'base64url'), Buffer.from(hash, 'base64url'))
}
