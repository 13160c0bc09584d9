import type { StoredEntry } from '@growr/books'
import { identity, Refusal, user as users, type Cause } from '@growr/contracts'
import { decideProject, isRefused, type FundingState } from '@growr/lending'
import { decimal } from '@growr/service'
import type { BookFollower } from '../group.ts'
import type { Financing } from '../financing.ts'
import { presentFunding } from './funding.present.ts'

/** What the Funding book sets off: the signed receipt with its message, and the paid share of a wound-up project. */
export function fundingFollowers(financing: Financing): BookFollower[] {
  return [
    { kind: 'funding', name: 'shares', handle: (entry) => payShare(financing, entry) },
    { kind: 'funding', name: 'receipts', handle: (entry) => giveReceipt(financing, entry) },
  ]
}

const causeOf = (entry: StoredEntry): Cause => ({ group: 'financing', organization: entry.organization, book: 'funding', key: entry.key, seq: entry.seq })

/** The share's money is in the Funding entry; here the project's record learns that it is paid. */
async function payShare(financing: Financing, entry: StoredEntry): Promise<void> {
  const state = entry.state as unknown as FundingState | null
  if (entry.type !== 'funding.share-paid' || !state) return
  const { books } = financing
  await books.withProject(state.projectKey, async () => {
    const authority = { caller: { kind: 'service', service: 'funding' } as const, action: 'project.payShare', requestId: `funding:${state.key}`, params: { funding: state.key }, cause: causeOf(entry) }
    if (await books.answered('project', state.organizationId, authority)) return
    const decision = decideProject(books.requireProject(state.projectKey).state, {
      type: 'payShare',
      paymentKey: state.key,
      payee: state.tranche === 'SENIOR' ? 'INVESTOR' : 'ORIGINATOR',
      party: state.contractKey ?? state.organizationId,
      kind: null,
      amount: state.amount,
      valueDate: state.valueDate,
      bookingDate: state.bookingDate,
    })
    if (isRefused(decision)) throw new Refusal('PROJECT_STATUS', { details: { why: decision.refused } })
    await books.append('project', state.organizationId, state.projectKey, decision.events, authority, { project: state.projectKey, person: books.createdBy(state.projectKey) })
  })
}

async function giveReceipt(financing: Financing, entry: StoredEntry): Promise<void> {
  const state = entry.state as unknown as FundingState | null
  const investor = state?.subject?.investorId
  if (!state || !investor || entry.type === 'funding.reverted') return
  const { bus, receipts, books } = financing
  const as = { as: { service: 'funding', cause: causeOf(entry) } } as const
  const project = books.requireProject(state.projectKey).state
  if (!(await receipts.get(state.key))) {
    const { receipt: _none, ...shown } = presentFunding(state, null)
    const document = { ...shown, type: 'FundingReceipt', projectName: project.name, entry: entry.seq }
    const receipt = await bus.call(identity.signForOrganization, { organization: state.organizationId, type: 'FundingReceipt', document }, { ...as, requestId: `receipt:${state.key}` })
    await receipts.insert({ id: state.key, receipt })
  }
  const text = (amount: FundingState['amount']): string => `${decimal(amount, state.currency)} ${state.currency.code}`
  const incoming = state.paymentType === 'INCOMING'
  const template = incoming ? 'fundingReceipt' : 'investorRepaid'
  const values = incoming
    ? { project: project.name, amount: text(state.amount), date: state.valueDate, receipt: state.key }
    : { project: project.name, amount: text(state.amount), principal: text(state.split.principal), yield: text(state.split.yield) }
  await bus.call(users.notify, { user: investor, template, values }, { ...as, requestId: `${template}:${state.key}` })
}
