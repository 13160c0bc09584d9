import type { StoredEntry } from '@growr/books'
import { identity, type Cause } from '@growr/contracts'
import type { FundingState } from '@growr/lending'
import { decimal } from '@growr/service'
import type { Financing } from '../financing.ts'
import type { BookFollower } from '../followers.ts'
import { tell } from '../messages.ts'
import { settleShares } from '../project/project.shares.ts'
import { presentFunding } from './funding.present.ts'

/** What the Funding book sets off: the paid share of a wound-up project, and the signed receipt with its message. */
export function fundingFollowers(financing: Financing): BookFollower[] {
  return [
    { kind: 'funding', name: 'shares', handle: (entry) => payShare(financing, entry) },
    { kind: 'funding', name: 'receipts', handle: (entry) => giveReceipt(financing, entry) },
  ]
}

/** Mostly done when the share was registered; here where the node stopped in between. */
async function payShare(financing: Financing, entry: StoredEntry): Promise<void> {
  const state = entry.state as unknown as FundingState | null
  if (entry.type === 'funding.share-paid' && state) await financing.books.inTurn(state.projectKey, () => settleShares(financing, state.projectKey))
}

async function giveReceipt(financing: Financing, entry: StoredEntry): Promise<void> {
  const state = entry.state as unknown as FundingState | null
  const user = state?.subject?.investorId
  if (!state || !user || entry.type === 'funding.reverted') return
  const { bus, receipts, books } = financing
  const cause: Cause = { group: 'financing', organization: entry.organization, book: 'funding', key: entry.key, seq: entry.seq }
  const as = { service: 'funding', cause } as const
  const project = books.requireProject(state.projectKey).state
  if (!(await receipts.get(state.key))) {
    const { receipt: _none, ...shown } = presentFunding(state, null)
    const document = { ...shown, type: 'FundingReceipt', projectName: project.name, entry: entry.seq }
    const receipt = await bus.call(identity.signForOrganization, { organization: state.organizationId, type: 'FundingReceipt', document }, { as, requestId: `receipt:${state.key}` })
    await receipts.insert({ id: state.key, receipt })
  }
  const text = (amount: FundingState['amount']): string => `${decimal(amount, state.currency)} ${state.currency.code}`
  const incoming = state.paymentType === 'INCOMING'
  const template = incoming ? 'fundingReceipt' : 'investorRepaid'
  const values = incoming
    ? { project: project.name, amount: text(state.amount), date: state.valueDate, receipt: state.key }
    : { project: project.name, amount: text(state.amount), principal: text(state.split.principal), yield: text(state.split.yield) }
  await tell(financing, as, `${template}:${state.key}`, { user, template, values })
}
