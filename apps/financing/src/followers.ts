import type { StoredEntry } from '@growr/books'

/** A follower of one of this group's kinds of book, by what it does. It is handed each entry at least once, so it is idempotent. */
export interface BookFollower {
  readonly kind: 'project' | 'loan' | 'funding'
  readonly name: string
  readonly handle: (entry: StoredEntry) => Promise<void>
}
