import type { FindOptions, Repository } from '@growr/collections'

export interface Connection<N> {
  edges: { cursor: string; node: N }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
  totalCount: number
}

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

/** A page of a collection in the order of ids: the id is the cursor. */
export async function connectionOf<T extends { id: string }, N>(
  repository: Repository<T>, where: NonNullable<FindOptions<T>['where']>, page: { first: number; after?: string | undefined }, show: (doc: T) => N,
): Promise<Connection<N>> {
  const { first, after } = page
  const [found, total] = await Promise.all([
    repository.find({ where, limit: first + 1, ...(after === undefined ? {} : { after }) }),
    repository.count(where),
  ])
  const rows = found.slice(0, first).map(({ id, doc }) => ({ key: id, value: doc }))
  return connectionOfList({ rows, total, more: found.length > first }, show)
}

/** All records that match, in pages. */
export async function* every<T extends { id: string }>(repository: Repository<T>, where: NonNullable<FindOptions<T>['where']> = {}): AsyncGenerator<T> {
  let after: string | undefined
  for (;;) {
    const found = await repository.find({ where, limit: 500, ...(after === undefined ? {} : { after }) })
    for (const { doc } of found) yield doc
    after = found.at(-1)?.id
    if (found.length < 500 || after === undefined) return
  }
}
