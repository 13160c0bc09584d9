import type { ActionContext } from '@growr/bus'
import { loan as contract, project as projects, Refusal, type Params, type Result } from '@growr/contracts'
import { decideLoan, decideProject, isRefused, type Decision, type LoanEvent, type LoanState, type PaymentState, type ProjectState } from '@growr/lending'
import { fromJson } from '@growr/money'
import { borrowerOf, creatorOf } from '../books/persons.ts'
import type { Financing } from '../financing.ts'

type Taken = Result<typeof contract.updateLoan>

/**
 * Brings a loan, or a wound-up project's share of it, up to a fact of the Payment book. The fact is read from that book, not taken
 * from the call. What cannot be taken is answered with its reason, and the Payment book keeps the money in suspense.
 */
export async function updateLoan(financing: Financing, params: Params<typeof contract.updateLoan>, context: ActionContext): Promise<Taken> {
  const [entry] = await context.as().call(projects.paymentEntries, { organization: params.organization, book: 'payment', after: params.seq - 1, limit: 1 })
  if (!entry || entry.seq !== params.seq || entry.key !== params.payment) throw new Refusal('NOT_FOUND', { path: 'payment' })
  const payment = fromJson(entry.state) as PaymentState | null
  if (entry.type !== 'payment.confirmed' || !payment?.loanKey) return { taken: false, refused: null }
  const authority = {
    caller: context.through ?? context.caller,
    action: contract.updateLoan.name,
    requestId: `payment:${payment.key}:${entry.seq}`,
    params: { payment: payment.key },
    cause: { group: 'payment', organization: params.organization, book: 'payment', key: payment.key, seq: entry.seq } as const,
  }
  const { books } = financing
  const { organizationId: organization, projectKey: project } = books.requireLoan(payment.loanKey).state
  if (organization !== params.organization) throw new Refusal('NOT_FOUND', { path: 'loan' })
  const at = { organization, project }
  const loan = payment.loanKey
  let refused = null as string | null
  const taken = <E>(decision: Decision<E>): readonly E[] | null => {
    if (!isRefused(decision)) return decision.events
    refused = decision.refused
    return null
  }
  if (payment.kind === 'REWARD' || payment.kind === 'DEPOSIT_RETURN') {
    await books.once('project', at, authority, () => {
      const current = books.requireProject(project)
      const events = taken(decideProject(current.state, { type: 'payShare', payee: 'BORROWER', party: loan, kind: payment.kind === 'REWARD' ? 'REWARD' : 'RISK_DEPOSIT', ...moneyOf(payment) }))
      return events && { current, events, person: creatorOf(current.state) }
    })
  } else {
    await books.once('loan', at, authority, () => {
      const current = books.requireLoan(loan)
      const events = taken(decide(current.state, payment, books.requireProject(project).state))
      return events && { current, events, person: borrowerOf(current.state) }
    })
  }
  return { taken: refused === null, refused }
}

const moneyOf = ({ key, amount, valueDate, bookingDate }: PaymentState) => ({ paymentKey: key, amount, valueDate, bookingDate })

function decide(loan: LoanState, payment: PaymentState, project: ProjectState): Decision<LoanEvent> {
  const money = moneyOf(payment)
  if (payment.kind === 'DISBURSEMENT') return decideLoan(loan, { type: 'disburse', ...money })
  if (payment.kind === 'OVERPAYMENT_REFUND') return decideLoan(loan, { type: 'refundOverpayment', ...money })
  return decideLoan(loan, { type: 'repay', project, ...money })
}
