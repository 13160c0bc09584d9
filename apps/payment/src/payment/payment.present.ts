import type { payment as contract } from '@growr/contracts'
import type { Holder, PaymentState } from '@growr/lending'
import { decimal } from '@growr/service'

/** Cash that the organization itself holds. */
export const OFFICE = 'office'

export const heldByAgent = (holder: Holder | null): boolean => holder?.rail === 'CASH' && holder.holder !== OFFICE

/** A payment as the API shows it. */
export function presentPayment(state: PaymentState, version: number): contract.Payment {
  const holder = state.to ?? state.from
  const rail = state.kind === 'HAND_OVER' ? 'CASH' : (holder?.rail ?? 'BANK')
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
    version,
  }
}

function awaits(state: PaymentState, rail: contract.Payment['rail']): contract.Payment['awaits'] {
  if (state.status !== 'ADDED') return 'NOTHING'
  if (state.kind === 'HAND_OVER') return 'OTHER_PARTY'
  if (rail === 'CASH') return 'CODE'
  return state.kind === 'REPAYMENT' ? 'OTHER_PARTY' : 'REFERENCE'
}
