import { NetworkError } from '@growr/networks'

/** ADDRESS_INVALID with a `reason` that stays the same, for whoever must tell one fault from another; never with what was read. */
export const invalid = (reason: string, message: string): NetworkError => new NetworkError('ADDRESS_INVALID', message, { reason })

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined where it is no UTF-8. */
export function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Longer than any that fits a QR code (version 40, digits alone). */
export const TEXT_LIMIT = 7_089

/** What was pasted or scanned, without `lightning:` before it. ADDRESS_INVALID: empty, or of more than 7,089 characters. */
export function pasted(text: string): string {
  if (text.length > TEXT_LIMIT) throw invalid('length', 'this is longer than any invoice or offer')
  const bare = text.trim().replace(/^lightning:/i, '')
  if (bare === '') throw invalid('empty', 'there is nothing to read')
  return bare
}
