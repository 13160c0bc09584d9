import type { Cause } from '@growr/contracts'
import { decideProject, type FundingState } from '@growr/lending'
import { add, compare, sum, zero } from '@growr/money'
import { eventsOf } from '@growr/service'
import { creatorOf } from '../books/persons.ts'
import type { Financing } from '../financing.ts'

/**
 * Brings what the Funding book says of paid shares into the project's record: at once when a share is registered, and by the
 * follower where the node stopped in between. No share is registered before, else one could be paid twice. In the project's queue.
 */
export async function settleShares(financing: Financing, projectKey: string): Promise<void> {
  const { books } = financing
  const { state } = books.requireProject(projectKey)
  if (!state.distribution) return
  const code = state.currency.code
  const shares = books.fundingsOf(projectKey).filter(({ isShare, status }) => isShare && status === 'CONFIRMED')
  const known = state.distribution.payables.filter(({ payee }) => payee !== 'BORROWER').reduce((total, { paid }) => add(total, paid), zero(code))
  if (compare(known, sum(code, shares.map(({ amount }) => amount))) === 0) return
  for (const share of shares) await settleShare(financing, share)
}

async function settleShare({ books }: Financing, share: FundingState): Promise<void> {
  const { key, projectKey, organizationId: organization, tranche, contractKey, amount, valueDate, bookingDate } = share
  const { seq } = books.requireFunding(key)
  const cause: Cause = { group: 'financing', organization, book: 'funding', key, seq }
  const authority = { caller: { kind: 'service', service: 'funding' } as const, action: 'project.payShare', requestId: `funding:${key}`, params: { funding: key }, cause }
  await books.onceInTurn('project', { organization, project: projectKey }, authority, () => {
    const current = books.requireProject(projectKey)
    const events = eventsOf(decideProject(current.state, {
      type: 'payShare', paymentKey: key, payee: tranche === 'SENIOR' ? 'INVESTOR' : 'ORIGINATOR', party: contractKey ?? organization, kind: null, amount, valueDate, bookingDate,
    }))
    return { current, events, person: creatorOf(current.state) }
  })
}
