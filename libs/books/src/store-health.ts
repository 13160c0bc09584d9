import type { BookError } from './errors.ts'
import type { FollowerStatus } from './follower.ts'
import type { OpenBook } from './open-book.ts'
import type { ViewFile } from './view.ts'

export interface StoreHealth {
  readonly ok: boolean
  /** What is wrong, by code and name, without personal data. */
  readonly problems: readonly { readonly code: string; readonly of: string }[]
  readonly followers: readonly FollowerStatus[]
}

/** What is wrong with a store: its writer, its books with their index and mark, its views, its followers. */
export function healthOf({ failure, books, views, followers }: {
  readonly failure: BookError | null
  readonly books: Iterable<OpenBook>
  readonly views: Iterable<ViewFile>
  readonly followers: readonly FollowerStatus[]
}): StoreHealth {
  const problems: { code: string; of: string }[] = []
  if (failure !== null) problems.push({ code: failure.code, of: 'store' })
  for (const open of books) {
    if (open.refusal !== null) problems.push({ code: open.refusal.code, of: open.id })
    if (open.index.failure !== null) problems.push({ code: 'INDEX_FAILED', of: open.id })
    if (open.mark.failure !== null) problems.push({ code: 'MARK_FAILED', of: open.id })
  }
  for (const view of views) if (view.failure !== null) problems.push({ code: 'VIEW_FAILED', of: view.definition.name })
  for (const follower of followers) if (follower.attempts > 0) problems.push({ code: 'FOLLOWER_RETRIES', of: follower.name })
  return { ok: problems.length === 0, problems, followers }
}
