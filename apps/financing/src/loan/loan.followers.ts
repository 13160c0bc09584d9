import type { StoredEntry } from '@growr/books'
import { user as users } from '@growr/contracts'
import { outstandingOf, outstandingOfLoan, type LoanEvent, type LoanState } from '@growr/lending'
import { isPositive } from '@growr/money'
import { decimal } from '@growr/service'
import type { BookFollower } from '../group.ts'
import { type Financing, organizationOf } from '../financing.ts'

type Values = Record<string, string | number>

/** The message that an event of a loan calls for; none where the borrower was told by a payment's own message. */
function messageOf(event: LoanEvent, state: LoanState): { template: string; values: Values } | undefined {
  const text = (amount: Parameters<typeof decimal>[0]): string => `${decimal(amount, state.currency)} ${state.currency.code}`
  switch (event.type) {
    case 'loan.approved': return { template: 'applicationApproved', values: { amount: text(state.contractAmount), payout: text(state.payout), months: state.months, until: state.offerUntil ?? '' } }
    case 'loan.refused': return { template: 'applicationRefused', values: { reasons: state.refusals.map(({ code, path }) => (path ? `${code} ${path}` : code)).join(', ').slice(0, 400) } }
    case 'loan.signed': return { template: 'contractSigned', values: { amount: text(state.contractAmount) } }
    case 'loan.instalment-paid': {
      if (event.data.repaid) return { template: 'loanRepaid', values: { amount: text(event.data.amount), cashBack: text(state.cashBack) } }
      const next = state.schedule.find((row) => isPositive(outstandingOf(row)))
      return { template: 'paymentReceived', values: { amount: text(event.data.amount), outstanding: text(outstandingOfLoan(state)), due: next?.dueDate ?? '' } }
    }
    case 'loan.overpayment-refunded': return { template: 'overpaymentReturned', values: { amount: text(event.data.amount) } }
    case 'loan.overdue': return { template: 'instalmentOverdue', values: { outstanding: text(outstandingOfLoan(state)), on: event.data.on } }
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
    const project = financing.books.requireProject(state.projectKey).state
    const organization = await organizationOf(financing, state.organizationId)
    const cause = { group: 'financing', organization: entry.organization, book: 'loan', key: entry.key, seq: entry.seq } as const
    await financing.bus.call(
      users.notify,
      { user, template: message.template, values: { project: project.name, organization: organization.name, ...message.values } },
      { as: { service: 'loan', cause }, requestId: `loan:${entry.organization}:${entry.seq}` },
    )
  }
  return [{ kind: 'loan', name: 'messages', handle }]
}
