import { createHash } from 'node:crypto'
import type { Json } from '@growr/collections'

/** JSON with its keys in order, so that the same document always has the same digest. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value as { [key: string]: Json }).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${pairs.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
  }
  return JSON.stringify(value)
}

/** What a person confirms to have read: SHA-256 of the canonical document, base64url. */
export const digestOf = (document: { [key: string]: Json }): string => createHash('sha256').update(canonical(document)).digest('base64url')
