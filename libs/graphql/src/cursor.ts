import { Refusal } from '@growr/contracts'

/** A page of a list, in the form that all lists of the API have. */
export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly totalCount: number
}

type Part = string | number
type Form = 'string' | 'number'
const longest = 200

/** An opaque cursor from what orders the list, such as a date and a key. */
export function encodeCursor(...parts: readonly Part[]): string {
  const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url')
  if (cursor.length > longest) throw new RangeError(`a cursor has ${longest} characters at most`)
  return cursor
}

/** What `encodeCursor` was given; BAD_INPUT with the path `after` where it is not of this list's form. */
export function decodeCursor<const F extends readonly Form[]>(cursor: string, ...forms: F): { -readonly [I in keyof F]: F[I] extends 'number' ? number : string } {
  const parts = parse(cursor)
  const fits = Array.isArray(parts) && parts.length === forms.length && forms.every((form, index) => typeof parts[index] === form)
  if (!fits) throw new Refusal('BAD_INPUT', { path: 'after' })
  return parts as never
}

function parse(cursor: string): unknown {
  if (cursor.length > longest) return undefined
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** A page out of one item more than was asked for, which only tells that there is a next page. */
export function toConnection<T>(found: readonly T[], first: number, totalCount: number, cursorOf: (item: T) => string): Connection<T> {
  const edges = found.slice(0, first).map((node) => ({ cursor: cursorOf(node), node }))
  return { edges, pageInfo: { hasNextPage: found.length > first, endCursor: edges.at(-1)?.cursor ?? null }, totalCount }
}
