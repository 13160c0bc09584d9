/** What stands in place of what a log may not hold. */
export const redacted = '[redacted]'

const deepest = 6
const longestText = 2000
const mostItems = 50

/** Names of fields whose value leads to a person or opens a door, in small letters and digits only. */
const forbidden = new Set([
  'address', 'answer', 'authorization', 'birthdate', 'body', 'claim', 'claims', 'contact', 'cookie', 'credential', 'credentials',
  'credentialsubject', 'did', 'email', 'firstname', 'from', 'givenname', 'holder', 'html', 'identifier', 'jwk', 'jws', 'jwt', 'lastname',
  'mail', 'membership', 'membershipid', 'message', 'mnemonic', 'msisdn', 'name', 'nationalid', 'otp', 'params', 'parameters', 'passphrase', 'password', 'phone',
  'phonenumber', 'pin', 'presentation', 'privatekey', 'query', 'recipient', 'reference', 'secret', 'seed', 'session', 'sid', 'sub',
  'subject', 'surname', 'text', 'title', 'to', 'token', 'user', 'userdid', 'userid', 'variables', 'vc', 'vp', 'wallet', 'walletaddress',
])
const endings = ['password', 'passphrase', 'secret', 'token', 'otp', 'pin', 'jwt', 'did', 'email', 'phone', 'userid', 'privatekey', 'wallet', 'reference']

/** A code such as FUNDS_RESERVED may be seen; the digits of a one-time code may not. */
const stableCode = /^[A-Z][A-Z0-9_]{2,63}$/

function isForbidden(key: string, value: unknown): boolean {
  const name = key.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (name === 'code' || name === 'codes') return !(typeof value === 'string' && stableCode.test(value))
  return forbidden.has(name) || endings.some((ending) => name.endsWith(ending))
}

const patterns: readonly [RegExp, string][] = [
  [/\beyJ[\w-]{4,}\.[\w-]+(\.[\w-]*)?/g, '[jwt]'],
  [/\bdid:[a-z0-9]+:[\w.:%-]+/g, '[did]'],
  [/[^\s@"'<>(),;:]{1,64}@[^\s@"'<>(),;:]{1,190}\.[A-Za-z]{2,24}/g, '[email]'],
  [/(?<![\w.])\+\d[\d ()./-]{5,22}\d/g, '[phone]'],
  [/\b0x[0-9a-fA-F]{40}\b/g, '[wallet]'],
  [/\b(bc|tb|bcrt)1[a-z0-9]{20,80}\b/g, '[wallet]'],
  [/\b(nsec|npub)1[a-z0-9]{40,70}\b/g, '[key]'],
]

/** Takes out of a text what has the form of a token, a DID, an e-mail, a phone number or a wallet's address. */
export function scrub(text: string): string {
  let clean = text.length > longestText ? `${text.slice(0, longestText)}…` : text
  for (const [pattern, instead] of patterns) clean = clean.replace(pattern, instead)
  return clean
}

export interface PlainError {
  readonly name: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: PlainError
}

/** An error without its message, which may quote any value: its class, its code, where it happened, and its cause. */
export function plainError(error: unknown, depth = 3): PlainError {
  if (!(error instanceof Error)) return { name: typeof error }
  const { code } = error as { code?: unknown }
  // The first lines of a stack repeat the message.
  const stack = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 12)
  return {
    name: /^\w{1,64}$/.test(error.name) ? error.name : 'Error',
    ...(typeof code === 'string' && stableCode.test(code) ? { code } : {}),
    ...(stack.length > 0 ? { stack: scrub(stack.map((line) => line.trim().replaceAll(`${process.cwd()}/`, '')).join('\n')) } : {}),
    ...(error.cause !== undefined && depth > 1 ? { cause: plainError(error.cause, depth - 1) } : {}),
  }
}

/** A copy that a log may hold: forbidden fields and telling texts taken out, bounded in depth, width and length. */
export function sanitize(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrub(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) return plainError(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (depth >= deepest) return '[deep]'
  if (Array.isArray(value)) return value.slice(0, mostItems).map((item) => sanitize(item, depth + 1))
  const clean: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value).slice(0, mostItems)) {
    clean[scrub(key.slice(0, 64))] = isForbidden(key, item) ? redacted : sanitize(item, depth + 1)
  }
  return clean
}
