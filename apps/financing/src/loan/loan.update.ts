import type { ActionContext } from '@growr/bus'
import { loan as contract, project as projects, Refusal, type Params, type Result } from '@growr/contracts'
import { decideLoan, decideProject, isRefused, type Decision, type LoanEvent, type LoanState, type PaymentState } from '@growr/lending'
import { fromJson } from '@growr/money'
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
  const loan = books.requireLoan(payment.loanKey)
  const { organizationId, projectKey } = loan.state
  if (organizationId !== params.organization) throw new Refusal('NOT_FOUND', { path: 'loan' })
  return books.withProject(projectKey, async () => {
    if (payment.kind === 'REWARD' || payment.kind === 'DEPOSIT_RETURN') {
      const project = books.requireProject(projectKey).state
      const decision = decideProject(project, {
        type: 'payShare',
        paymentKey: payment.key,
        payee: 'BORROWER',
        party: loan.state.key,
        kind: payment.kind === 'REWARD' ? 'REWARD' : 'RISK_DEPOSIT',
        amount: payment.amount,
        valueDate: payment.valueDate,
        bookingDate: payment.bookingDate,
      })
      if (await books.answered('project', organizationId, authority)) return { taken: true, refused: null }
      if (isRefused(decision)) return { taken: false, refused: decision.refused }
      await books.append('project', organizationId, projectKey, decision.events, authority, { project: projectKey, person: books.createdBy(projectKey) })
      return { taken: true, refused: null }
    }
    if (await books.answered('loan', organizationId, authority)) return { taken: true, refused: null }
    const { state } = books.requireLoan(loan.state.key)
    const decision = decide(state, payment, books.requireProject(projectKey).state)
    if (isRefused(decision)) return { taken: false, refused: decision.refused }
    await books.append('loan', organizationId, state.key, decision.events, authority, { project: projectKey, person: state.subject?.userId ?? null })
    return { taken: true, refused: null }
  })
}

function decide(loan: LoanState, payment: PaymentState, project: Parameters<typeof decideProject>[0] & object): Decision<LoanEvent> {
  const money = { paymentKey: payment.key, amount: payment.amount, valueDate: payment.valueDate, bookingDate: payment.bookingDate }
  if (payment.kind === 'DISBURSEMENT') return decideLoan(loan, { type: 'disburse', ...money })
  if (payment.kind === 'OVERPAYMENT_REFUND') return decideLoan(loan, { type: 'refundOverpayment', ...money })
  return decideLoan(loan, { type: 'repay', project, ...money })
}
