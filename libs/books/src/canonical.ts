import { BookError } from './errors.ts'

const MAXIMUM_DEPTH = 64

/**
 * JSON with sorted keys and without spaces: equal parameters give equal text, in whatever order their fields came.
 * Throws DRAFT_INVALID on what JSON cannot hold and on more than 64 levels.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > MAXIMUM_DEPTH) throw new BookError('DRAFT_INVALID', `more than ${MAXIMUM_DEPTH} levels`)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new BookError('DRAFT_INVALID', 'a number must be finite')
    return JSON.stringify(value)
  }
  if (typeof value === 'bigint') return `{"$bigint":"${value}"}`
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item ?? null, depth + 1)).join(',')}]`
  if (typeof value !== 'object') throw new BookError('DRAFT_INVALID', `${typeof value} has no place in parameters`)
  const record = value as Record<string, unknown>
  let text = ''
  for (const key of Object.keys(record).sort()) {
    const inner = record[key]
    if (inner === undefined) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(inner, depth + 1)}`
  }
  return `{${text}}`
}
