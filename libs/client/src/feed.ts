import type { FeedItem } from './operations.ts'

type Decimals = Readonly<Record<string, string>>

/** What happened, as the feed and the webhooks tell it. `seq` is the cursor after it. */
export type FeedEntry = Omit<FeedItem, 'amounts' | 'totals'> & { readonly amounts: Decimals; readonly totals: Decimals }

export interface FeedOptions {
  readonly organization: string
  readonly book: 'project' | 'loan' | 'funding' | 'payment' | 'erasures'
  /** The `seq` of the last entry that was dealt with; from the first one if not given. */
  readonly after?: number | undefined
  /** The `generation` of that entry, kept with it: tells whether a node that was restored still holds it. */
  readonly generation?: number | undefined
  /** How many are asked for at once; 100 if not given. */
  readonly limit?: number
  /** At the end of the book, looks again after so many milliseconds; without it the feed ends there. */
  readonly pollMs?: number
  /** Ends the feed before the next request. */
  readonly signal?: AbortSignal
}

export interface FeedPage {
  readonly items: readonly FeedEntry[]
  readonly next: number
  readonly more: boolean
}

export interface FeedSource {
  readonly page: (after: number, limit: number, generation: number | undefined) => Promise<FeedPage>
  readonly wait: (milliseconds: number) => Promise<void>
}

/**
 * What happened after a cursor, in order and without a gap. Keep each entry's `seq` and `generation` together with what you make
 * of it: from there the feed goes on after any outage. Throws `GrowrError`; CURSOR_AHEAD where a restored node holds that entry no more.
 */
export async function* follow({ after = 0, generation, limit = 100, pollMs, signal }: FeedOptions, { page, wait }: FeedSource): AsyncGenerator<FeedEntry, void, undefined> {
  let cursor = after
  let known = generation
  while (!signal?.aborted) {
    const { items, next, more } = await page(cursor, limit, known)
    yield* items
    cursor = next
    known = items.at(-1)?.generation ?? known
    if (more) continue
    if (pollMs === undefined) return
    await wait(pollMs)
  }
}
