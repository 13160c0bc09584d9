import type { Listed } from './books/port.ts'

export interface Connection<T> {
  edges: { cursor: string; node: T }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
  totalCount: number
}

/** A page of a list in the form of a connection; the cursor is the key of a row. */
export function connectionOf<T, R = T>(listed: Listed<T>, show: (value: T) => R = (value) => value as unknown as R): Connection<R> {
  return {
    edges: listed.rows.map(({ key, value }) => ({ cursor: key, node: show(value) })),
    pageInfo: { hasNextPage: listed.more, endCursor: listed.rows.at(-1)?.key ?? null },
    totalCount: listed.total,
  }
}
