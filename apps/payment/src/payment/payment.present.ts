import type { payment as contract } from '@growr/contracts'
import { isNetworkRail, type Holder, type PaymentState } from '@growr/lending'
import { decimal } from '@growr/service'

/** Cash that the organization itself holds. */
export const OFFICE = 'office'

export const heldByAgent = (holder: Holder | null): boolean => holder?.rail === 'CASH' && holder.holder !== OFFICE

/** How the money moves; a hand-over that touches cash is one of cash. */
export function railOf({ kind, from, to }: PaymentState): contract.Payment['rail'] {
  if (kind === 'HAND_OVER' && (from?.rail === 'CASH' || to?.rail === 'CASH')) return 'CASH'
  return (to ?? from)?.rail ?? 'BANK'
}

/** A payout above its project's limit that no second person has approved. */
export const awaitsApproval = ({ needsApproval, approvedOn }: PaymentState): boolean => needsApproval === true && approvedOn === undefined

/** Stands in an entry for a reason in somebody's own words: these are sealed, since they may name people. */
export const STATED = 'STATED'

/** A reason as it is read: the words where there are some that nobody's erasure took away, else its code. */
export const inWords = <R extends string | null>({ subject }: PaymentState, reason: R): R | string => (reason === STATED ? (subject?.stated ?? STATED) : reason)

/** A payment as the API shows it. */
export function presentPayment(state: PaymentState, version: number): contract.Payment {
  const rail = railOf(state)
  return {
    key: state.key,
    kind: state.kind,
    status: state.status,
    rail,
    loan: state.loanKey,
    project: state.projectKey,
    organization: state.organizationId,
    currency: state.currency.code,
    amount: decimal(state.amount, state.currency),
    valueDate: state.valueDate,
    bookingDate: state.bookingDate,
    holder: heldByAgent(state.from) || heldByAgent(state.to) ? (state.subject?.agentId ?? null) : null,
    reference: state.subject?.reference ?? null,
    awaits: awaits(state, rail),
    moved: state.moved ? { currency: state.moved.currency.code, amount: decimal(state.moved.amount, state.moved.currency), rate: state.moved.rate, at: state.moved.at } : null,
    networkId: state.network?.id ?? null,
    sending: state.status === 'ADDED' && state.sending ? (state.sending.unknown ? 'UNKNOWN' : 'SENDING') : null,
    reason: inWords(state, state.reversal?.reason ?? state.statusReason ?? state.suspense?.reason ?? null),
    version,
  }
}

function awaits(state: PaymentState, rail: contract.Payment['rail']): contract.Payment['awaits'] {
  if (state.status === 'CONFIRMED' && state.reversal) return 'REVERSAL'
  if (state.status !== 'ADDED') return 'NOTHING'
  if (awaitsApproval(state)) return 'APPROVAL'
  if (state.kind === 'HAND_OVER') return 'OTHER_PARTY'
  if (isNetworkRail(rail)) return 'NETWORK'
  if (rail === 'CASH') return 'CODE'
  return state.kind === 'REPAYMENT' ? 'OTHER_PARTY' : 'REFERENCE'
}
