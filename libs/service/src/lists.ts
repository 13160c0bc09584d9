import type { Connection } from './pages.ts'

/** A page of a list in the order of its keys. */
export interface Listed<T> {
  readonly rows: readonly { readonly key: string; readonly value: T }[]
  readonly total: number
  readonly more: boolean
}

/** A page of a list in the form of a connection; the cursor is the key of a row. */
export function connectionOfList<T, R = T>(listed: Listed<T>, show: (value: T) => R = (value) => value as unknown as R): Connection<R> {
  return {
    edges: listed.rows.map(({ key, value }) => ({ cursor: key, node: show(value) })),
    pageInfo: { hasNextPage: listed.more, endCursor: listed.rows.at(-1)?.key ?? null },
    totalCount: listed.total,
  }
}
