import { decideProject, isRefused } from '@growr/lending'
import { subtract, sum, isZero } from '@growr/money'
import { type Financing, today } from '../financing.ts'
import { restFacts } from './project.accounts.ts'

/** Closes each wound-up project whose last share is paid and whose accounts are at rest; what is not there yet is looked at again. */
export async function settleClosings(financing: Financing): Promise<void> {
  const { books } = financing
  for (const { key, organizationId, currency, distribution } of books.settling()) {
    const owed = sum(currency.code, (distribution?.payables ?? []).map((payable) => subtract(payable.amount, payable.paid)))
    if (!isZero(owed)) continue
    const facts = await restFacts(financing, key)
    const on = await today(financing, organizationId)
    await books.withProject(key, async () => {
      const decision = decideProject(books.requireProject(key).state, { type: 'close', on, ...facts })
      if (isRefused(decision)) return
      const authority = { caller: { kind: 'service', service: 'project' } as const, action: 'project.closeProject', requestId: `close:${key}`, params: { key } }
      await books.append('project', organizationId, key, decision.events, authority, { project: key, person: books.createdBy(key) })
    })
  }
}
