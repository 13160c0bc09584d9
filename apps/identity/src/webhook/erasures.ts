import type { webhook } from '@growr/contracts'
import { businessDate } from '@growr/runtime'
import type { Kit } from '../kit.ts'
import type { ErasureDoc } from './webhook.collections.ts'

export interface ToldErasure {
  readonly organization: string
  /** An id that a repetition gives again; nothing personal. */
  readonly erasure: string
  readonly loans: readonly string[]
  readonly payments: readonly string[]
}

const placeOf = (organization: string, seq: number): string => `${organization}:${String(seq).padStart(12, '0')}`

/** Lets an organization's integrators know, once, which loans and payments lead to nobody any more, so that they erase their copies. */
export async function tellErasure(kit: Kit, { organization, erasure, loans, payments }: ToldErasure): Promise<void> {
  const { erasures } = kit.hooks
  await kit.turns.run(`erasures:${organization}`, async () => {
    const known = `${organization}:${erasure}`
    if ((await erasures.findOne('erasure', known)) !== null) return
    // None is ever removed, so their number is the last one's.
    const seq = (await erasures.count({ organization })) + 1
    const timezone = (await kit.organizations.get(organization))?.doc.timezone ?? 'UTC'
    const now = kit.clock.now()
    await erasures.insert({
      id: placeOf(organization, seq), organization, seq, erasure: known, at: now.toISOString(), businessDate: businessDate(now, timezone), loans: [...loans], payments: [...payments],
    })
  })
  kit.hooks.wake(organization)
}

/** The erasures of an organization after one, in order. */
export async function erasuresAfter(kit: Kit, organization: string, after: number, limit: number): Promise<webhook.FeedItem[]> {
  const found = await kit.hooks.erasures.find({ where: { organization }, after: placeOf(organization, after), limit })
  return found.map(({ doc }) => present(doc))
}

const present = ({ organization, seq, at, businessDate: date, loans, payments }: ErasureDoc): webhook.FeedItem => ({
  id: `${organization.replaceAll('.', '-')}_erasures_${seq}_${Date.parse(at).toString(36)}`,
  book: 'erasures', seq, generation: 0, type: 'person.erased', at, businessDate: date, organization, key: `erasure-${seq}`,
  project: null, loan: null, payment: null, status: null, currency: null, amounts: {}, totals: {}, postings: [],
  erased: { loans, payments },
})
