import type { ActionContext } from '@growr/bus'
import { loan as contract, project as projects, Refusal, type Params, type Result } from '@growr/contracts'
import { decideLoan, decideProject, isRefused, requireReversible, type Decision, type LoanEvent, type LoanState, type PaymentState, type ProjectState } from '@growr/lending'
import { fromJson } from '@growr/money'
import { borrowerOf, creatorOf } from '../books/persons.ts'
import { type Financing, today } from '../financing.ts'

type Taken = Result<typeof contract.updateLoan>

/** The facts of the Payment book that a loan hears of. */
const FACTS = new Set(['payment.confirmed', 'payment.assigned', 'payment.reverted', 'payment.assignment-reversed'])
const SHARES: ReadonlySet<PaymentState['kind']> = new Set(['REWARD', 'DEPOSIT_RETURN'])

/**
 * Brings a loan, or a wound-up project's share of it, up to a fact of the Payment book. The fact is read from that book, not taken
 * from the call. What cannot be taken is answered with its reason, and the Payment book keeps the money in suspense.
 */
export async function updateLoan(financing: Financing, params: Params<typeof contract.updateLoan>, context: ActionContext): Promise<Taken> {
  const [entry] = await context.as().call(projects.paymentEntries, { organization: params.organization, book: 'payment', after: params.seq - 1, limit: 1 })
  if (!entry || entry.seq !== params.seq || entry.key !== params.payment) throw new Refusal('NOT_FOUND', { path: 'payment' })
  const payment = fromJson(entry.state) as PaymentState | null
  // A receipt whose assignment was taken back names no loan any more; the event says which one had it.
  const loan = entry.type === 'payment.assignment-reversed' ? (entry.event as { data?: { loanKey?: string } } | null)?.data?.loanKey : payment?.loanKey
  if (!FACTS.has(entry.type) || !payment || !loan) return { taken: false, refused: null }
  const { books } = financing
  const { organizationId: organization, projectKey: project } = books.requireLoan(loan).state
  if (organization !== params.organization) throw new Refusal('NOT_FOUND', { path: 'loan' })
  const authority = {
    caller: context.through ?? context.caller,
    action: contract.updateLoan.name,
    requestId: `payment:${payment.key}:${entry.seq}`,
    params: { payment: payment.key },
    cause: { group: 'payment', organization: params.organization, book: 'payment', key: payment.key, seq: entry.seq } as const,
  }
  const at = { organization, project }
  const reversed = entry.type === 'payment.reverted' || entry.type === 'payment.assignment-reversed'
  const on = await today(financing, organization)
  let refused = null as string | null
  const taken = <E>(decision: Decision<E>): readonly E[] | null => {
    if (!isRefused(decision)) return decision.events
    refused = decision.refused
    return null
  }
  if (SHARES.has(payment.kind)) {
    // Of a share nothing is taken back: its project may be closed by now.
    if (reversed) return { taken: false, refused: 'PROJECT_STATUS' }
    await books.once('project', at, authority, () => {
      const current = books.requireProject(project)
      const events = taken(decideProject(current.state, { type: 'payShare', payee: 'BORROWER', party: loan, kind: payment.kind === 'REWARD' ? 'REWARD' : 'RISK_DEPOSIT', ...moneyOf(payment) }))
      return events && { current, events, person: creatorOf(current.state) }
    })
  } else {
    await books.once('loan', at, authority, () => {
      const current = books.requireLoan(loan)
      const state = books.requireProject(project).state
      // A receipt whose assignment could not be taken back is the loan's still.
      if (entry.type === 'payment.assigned' && hasTaken(current.state, payment.key)) return null
      // Money that the loan never took is none of its business when it goes back.
      if (reversed && !hasTaken(current.state, payment.key)) return null
      const events = taken(reversed ? undo(current.state, payment, state, on) : decide(current.state, payment, state))
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

const hasTaken = ({ disbursementKey, payments }: LoanState, key: string): boolean => disbursementKey === key || payments.some((payment) => payment.key === key)

/** What a payment did, undone as of today. The reason stays in the Payment book: in the loan stands what kind of correction it was. */
function undo(loan: LoanState, payment: PaymentState, project: ProjectState, on: string): Decision<LoanEvent> {
  const { key: paymentKey, kind } = payment
  if (kind === 'DISBURSEMENT') return decideLoan(loan, { type: 'cancelDisbursement', paymentKey, on })
  if (kind === 'OVERPAYMENT_REFUND') return { refused: 'LOAN_STATUS', path: 'payment' }
  return decideLoan(loan, { type: 'reversePayment', project, paymentKey, on, reason: kind === 'RECEIPT' ? 'ASSIGNED_BY_MISTAKE' : 'REGISTERED_BY_MISTAKE' })
}

/** Whether the loan would let a payment be taken back now; the code with which it would refuse. NOT_FOUND. */
export async function checkReversal(financing: Financing, { loan: key, payment }: Params<typeof contract.checkReversal>): Promise<Result<typeof contract.checkReversal>> {
  const { books } = financing
  const { state: loan } = books.requireLoan(key)
  const on = await today(financing, loan.organizationId)
  const decision = loan.disbursementKey === payment
    ? decideLoan(loan, { type: 'cancelDisbursement', paymentKey: payment, on })
    : (requireReversible(loan, { project: books.requireProject(loan.projectKey).state, paymentKey: payment, on }) ?? { events: [] })
  return { refused: isRefused(decision) ? decision.refused : null }
}
