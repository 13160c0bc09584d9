import { createHash } from 'node:crypto'
import { isUtf8 } from 'node:buffer'

/** A JSON object whose members are not yet checked. */
export type JsonObject = { [member: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for instants in whole seconds since 1970 that a Date can hold. */
export function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 8_640_000_000_000
}

export function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}

export function toBase64url(data: Uint8Array | string): string {
  return Buffer.from(data as string).toString('base64url')
}

const BASE64URL = /^[A-Za-z0-9_-]*$/

/**
 * Bytes of an unpadded base64url text, or null. Node skips what it does not know and ignores spare bits, so that several
 * texts give the same bytes: only the one canonical text is let through here.
 */
export function fromBase64url(text: string): Buffer | null {
  if (!BASE64URL.test(text)) return null
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

/** The object that a UTF-8 JSON text holds, or null for anything else. */
export function parseJsonObject(bytes: Buffer): JsonObject | null {
  if (!isUtf8(bytes)) return null
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** SHA-256 as base64url, 43 characters. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url')
}

/** JSON with sorted members, so that equal values have equal text (a subset of RFC 8785: our values hold integers only). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`
  if (isObject(value)) {
    const members = Object.keys(value).filter((name) => value[name] !== undefined).sort()
    return `{${members.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Base58btc; the inputs here are keys of at most 35 bytes, so quadratic time is bounded. */
export function toBase58(bytes: Uint8Array): string {
  let number = 0n
  for (const byte of bytes) number = number * 256n + BigInt(byte)
  let text = ''
  for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text
  for (const byte of bytes) {
    if (byte !== 0) break
    text = '1' + text
  }
  return text
}

/** Bytes of a base58btc text of at most 128 characters, or null. */
export function fromBase58(text: string): Buffer | null {
  if (text.length > 128) return null
  let number = 0n
  for (const character of text) {
    const digit = BASE58.indexOf(character)
    if (digit < 0) return null
    number = number * 58n + BigInt(digit)
  }
  const bytes: number[] = []
  for (; number > 0n; number /= 256n) bytes.unshift(Number(number % 256n))
  for (const character of text) {
    if (character !== '1') break
    bytes.unshift(0)
  }
  return Buffer.from(bytes)
}
