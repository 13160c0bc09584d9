import { createHash } from 'node:crypto'

/** JSON with sorted members, so that equal values have equal text. Members that are undefined count as absent. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item === undefined ? null : item)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/** What somebody confirms to have read: SHA-256 of the canonical document, base64url. */
export const digestOf = (document: unknown): string => createHash('sha256').update(canonical(document)).digest('base64url')
