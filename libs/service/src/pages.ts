import type { FindOptions, Repository } from '@growr/collections'

export interface Connection<N> {
  edges: { cursor: string; node: N }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
  totalCount: number
}

/** A page of a collection in the order of ids: the id is the cursor. */
export async function connectionOf<T extends { id: string }, N>(
  repository: Repository<T>, where: NonNullable<FindOptions<T>['where']>, page: { first: number; after?: string | undefined }, show: (doc: T) => N,
): Promise<Connection<N>> {
  const { first, after } = page
  const [found, totalCount] = await Promise.all([
    repository.find({ where, limit: first + 1, ...(after === undefined ? {} : { after }) }),
    repository.count(where),
  ])
  const edges = found.slice(0, first).map(({ id, doc }) => ({ cursor: id, node: show(doc) }))
  return { edges, pageInfo: { hasNextPage: found.length > first, endCursor: edges.at(-1)?.cursor ?? null }, totalCount }
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
