import { project as projects, Refusal, type webhook } from '@growr/contracts'
import { presentEntry } from '@growr/service'
import type { Kit } from '../kit.ts'
import { erasuresAfter } from './erasures.ts'

export interface FeedPage {
  readonly items: webhook.FeedItem[]
  readonly next: number
  readonly more: boolean
}

async function itemsAfter(kit: Kit, organization: string, book: webhook.Followed, after: number, limit: number): Promise<webhook.FeedItem[]> {
  if (book === 'erasures') return erasuresAfter(kit, organization, after, limit)
  const contract = book === 'payment' ? projects.paymentEntries : projects.entries
  const entries = await kit.bus.call(contract, { organization, book, after, limit }, { as: { service: 'organization' } })
  return entries.map(presentEntry)
}

/** What happened after a cursor, in order. CURSOR_AHEAD (details: end) where the book is shorter than that: it was restored. */
export async function feedPage(kit: Kit, organization: string, book: webhook.Followed, after: number, limit: number): Promise<FeedPage> {
  const found = await itemsAfter(kit, organization, book, after, limit + 1)
  const items = found.slice(0, limit)
  if (items.length === 0 && after > 0) {
    const end = await reachedAt(kit, organization, book, after)
    if (end < after) throw new Refusal('CURSOR_AHEAD', { path: 'after', details: { end } })
  }
  return { items, next: items.at(-1)?.seq ?? after, more: found.length > limit }
}

/** The cursor where there is something at or after it; else the end of the book. */
async function reachedAt(kit: Kit, organization: string, book: webhook.Followed, after: number): Promise<number> {
  const [last] = await itemsAfter(kit, organization, book, after - 1, 1)
  return last === undefined ? endOf(kit, organization, book) : after
}

/** The cursor after the last entry there is; 0 of an empty book. Steps that halve find it in some thirty looks, whatever its length. */
export async function endOf(kit: Kit, organization: string, book: webhook.Followed): Promise<number> {
  let end = 0
  for (let step = 2 ** 30; step >= 1; step /= 2) {
    const [next] = await itemsAfter(kit, organization, book, end + step - 1, 1)
    if (next !== undefined) end = next.seq
  }
  return end
}
