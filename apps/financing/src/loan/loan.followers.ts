import type { StoredEntry } from '@growr/books'
import { outstandingOf, outstandingOfLoan, type LoanEvent, type LoanState } from '@growr/lending'
import { isPositive } from '@growr/money'
import { decimal } from '@growr/service'
import type { Financing } from '../financing.ts'
import type { BookFollower } from '../followers.ts'
import { tell } from '../messages.ts'

type Values = Record<string, string | string[]>

/** The message that an event of a loan calls for; its values as the template names them. */
function messageOf(event: LoanEvent, state: LoanState): { template: string; values: Values } | undefined {
  const text = (amount: Parameters<typeof decimal>[0]): string => `${decimal(amount, state.currency)} ${state.currency.code}`
  switch (event.type) {
    case 'loan.approved': return { template: 'applicationApproved', values: { amount: text(state.contractAmount), until: state.offerUntil ?? '' } }
    case 'loan.refused': return { template: 'applicationRefused', values: { reasons: state.refusals.slice(0, 20).map(({ code, path }) => (path ? `${code} ${path}` : code).slice(0, 200)) } }
    case 'loan.signed': return { template: 'contractSigned', values: { amount: text(state.contractAmount) } }
    case 'loan.disbursed': return { template: 'disbursed', values: { amount: text(state.payout) } }
    case 'loan.instalment-paid': {
      if (event.data.repaid) return { template: 'loanRepaid', values: isPositive(state.cashBack) ? { cashBack: text(state.cashBack) } : {} }
      const next = state.schedule.find((row) => isPositive(outstandingOf(row)))
      return { template: 'paymentReceived', values: { amount: text(event.data.amount), left: text(outstandingOfLoan(state)), ...(next ? { nextAmount: text(outstandingOf(next)), nextDue: next.dueDate } : {}) } }
    }
    case 'loan.overpayment-refunded': return { template: 'overpaymentReturned', values: { amount: text(event.data.amount) } }
    case 'loan.overdue': {
      const [first] = event.data.instalments
      const row = state.schedule.find(({ number }) => number === first)
      return row && { template: 'instalmentOverdue', values: { amount: text(outstandingOf(row)), due: row.dueDate } }
    }
    default: return undefined
  }
}

/** What the Loan book sets off: a message to the borrower for each event that concerns them. */
export function loanFollowers(financing: Financing): BookFollower[] {
  const handle = async (entry: StoredEntry): Promise<void> => {
    const state = entry.state as unknown as LoanState | null
    const user = state?.subject?.userId
    const message = entry.event && state ? messageOf(entry.event as unknown as LoanEvent, state) : undefined
    if (!state || !user || !message) return
    const { template, values } = message
    const project = financing.books.requireProject(state.projectKey).state
    const cause = { group: 'financing', organization: entry.organization, book: 'loan', key: entry.key, seq: entry.seq } as const
    await tell(financing, { service: 'loan', cause }, `loan:${entry.organization}:${entry.seq}`, { user, template, values: { project: project.name, ...values } })
  }
  return [{ kind: 'loan', name: 'messages', handle }]
}
