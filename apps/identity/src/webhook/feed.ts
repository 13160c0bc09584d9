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

/** A place in a book: the number of the entry that was dealt with last, and the generation of that entry where it is known. */
export interface Cursor {
  readonly after: number
  readonly generation?: number | undefined
}

/**
 * What happened after a cursor, in order. CURSOR_AHEAD (details: end) where the book, restored from a back-up, holds that entry no more:
 * it ends before, or has another one in its place. What is left of what the cursor has seen ends there.
 */
export async function feedPage(kit: Kit, organization: string, book: webhook.Followed, { after, generation = Infinity }: Cursor, limit: number): Promise<FeedPage> {
  // The entry at the cursor comes along, to be compared.
  const known = after > 0 ? 1 : 0
  const found = await itemsAfter(kit, organization, book, after - known, limit + known + 1)
  const [at] = found
  if (known === 1 && (at?.seq !== after || at.generation > generation)) {
    throw new Refusal('CURSOR_AHEAD', { path: 'after', details: { end: (await endOf(kit, organization, book, generation)).after } })
  }
  const rest = found.slice(known)
  const items = rest.slice(0, limit)
  return { items, next: items.at(-1)?.seq ?? after, more: rest.length > limit }
}

/** The cursor after the last entry of a generation and those before it. Steps that halve find it in some thirty looks, whatever the length. */
export async function endOf(kit: Kit, organization: string, book: webhook.Followed, generation = Infinity): Promise<{ readonly after: number; readonly generation: number }> {
  let end = { after: 0, generation: 0 }
  for (let step = 2 ** 30; step >= 1; step /= 2) {
    const [next] = await itemsAfter(kit, organization, book, end.after + step - 1, 1)
    if (next !== undefined && next.generation <= generation) end = { after: next.seq, generation: next.generation }
  }
  return end
}
