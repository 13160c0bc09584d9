import { AuthError } from '@growr/auth'
import type { StoredEntry } from '@growr/books'
import { dueOn, outstandingOf, outstandingOfLoan, owedOf, type LoanEvent, type LoanState } from '@growr/lending'
import { isPositive, type Amount } from '@growr/money'
import { decimal } from '@growr/service'
import type { Financing } from '../financing.ts'
import type { BookFollower } from '../followers.ts'
import { tell } from '../messages.ts'
import { linkOf } from './loan.key-facts.ts'
import { requiresKeyFacts } from './loan.present.ts'
import { serviceCodeFor } from './loan.protect.ts'

type Values = Record<string, string | string[]>

/** How long a code counts with which a borrower confirms a good or service, in hours: she may be a day's walk from the agent. */
export const CODE_HOURS = 72

interface Message {
  readonly template: string
  readonly values: Values
}

/** The message that an event of a loan calls for; its values as the template names them. */
function messageOf(event: LoanEvent, state: LoanState): Message | undefined {
  const text = (amount: Amount): string => `${decimal(amount, state.currency)} ${state.currency.code}`
  const nextRow = state.schedule.find((row) => isPositive(outstandingOf(row)))
  const next = nextRow && { nextAmount: text(outstandingOf(nextRow)), nextDue: nextRow.dueDate }
  // What a new schedule still asks for is what the borrower has to pay, interest that is not due yet included.
  const left = text(owedOf(state))
  switch (event.type) {
    case 'loan.approved': return { template: 'applicationApproved', values: { amount: text(state.contractAmount), until: state.offerUntil ?? '' } }
    case 'loan.refused': return { template: 'applicationRefused', values: { reasons: state.refusals.slice(0, 20).map(({ code, path }) => (path ? `${code} ${path}` : code).slice(0, 200)) } }
    case 'loan.lapsed': return { template: 'offerLapsed', values: { amount: text(state.contractAmount) } }
    case 'loan.cancelled': return { template: 'loanWithdrawn', values: { amount: text(state.contractAmount) } }
    case 'loan.signed': return { template: 'contractSigned', values: { amount: text(state.contractAmount) } }
    case 'loan.cooling-off-waived': return { template: 'coolingOffWaived', values: {} }
    case 'loan.disbursed': return { template: 'disbursed', values: { amount: text(state.payout) } }
    case 'loan.disbursement-cancelled': return { template: 'payoutReversed', values: { amount: text(state.payout) } }
    case 'loan.imported': return { template: 'loanTakenOver', values: { left, ...next } }
    case 'loan.service-confirmed': return { template: 'serviceConfirmed', values: {} }
    case 'loan.instalment-paid': {
      if (event.data.repaid) return { template: 'loanRepaid', values: isPositive(state.cashBack) ? { cashBack: text(state.cashBack) } : {} }
      if (event.data.cured) return { template: 'loanUpToDate', values: { amount: text(event.data.amount), left: text(outstandingOfLoan(state)) } }
      return { template: 'paymentReceived', values: { amount: text(event.data.amount), left: text(outstandingOfLoan(state)), ...next } }
    }
    case 'loan.payment-reversed': return { template: 'paymentReversed', values: { amount: text(event.data.amount), left } }
    case 'loan.overpayment-refunded': return { template: 'overpaymentReturned', values: { amount: text(event.data.amount) } }
    case 'loan.overdue': {
      const [first] = event.data.instalments
      const row = state.schedule.find(({ number }) => number === first)
      return row && { template: 'instalmentOverdue', values: { amount: text(outstandingOf(row)), due: row.dueDate } }
    }
    case 'loan.defaulted': {
      const { amount, since } = dueOn(state, event.data.on)
      return { template: 'loanDefaulted', values: { amount: text(amount), due: since ?? event.data.on } }
    }
    case 'loan.rescheduled': return next && { template: 'loanRescheduled', values: { left, ...next } }
    case 'loan.written-off': return { template: 'loanWrittenOff', values: { amount: left } }
    case 'loan.recovered': return { template: 'recoveryReceived', values: { amount: text(event.data.amount), left } }
    default: return undefined
  }
}

/** What the Loan book sets off: a message to the borrower for each event that concerns them. */
export function loanFollowers(financing: Financing): BookFollower[] {
  const say = async (entry: StoredEntry, state: LoanState, user: string, { template, values }: Message, request: string): Promise<void> => {
    const project = financing.books.requireProject(state.projectKey).state
    const cause = { group: 'financing', organization: entry.organization, book: 'loan', key: entry.key, seq: entry.seq } as const
    await tell(financing, { service: 'loan', cause }, request, { user, template, values: { project: project.name, ...values } })
  }
  const handle = async (entry: StoredEntry): Promise<void> => {
    const state = entry.state as unknown as LoanState | null
    const user = state?.subject?.userId
    const message = entry.event && state ? messageOf(entry.event as unknown as LoanEvent, state) : undefined
    if (!state || !user || !message) return
    const request = `loan:${entry.organization}:${entry.seq}`
    await say(entry, state, user, message, request)
    // Where the key facts have to be read, she gets them with the approval: on a screen there is not room for all of them.
    if (entry.type === 'loan.approved' && requiresKeyFacts(state.terms)) await say(entry, state, user, { template: 'keyFacts', values: { link: linkOf(financing, state.key) } }, `${request}:key-facts`)
  }
  const sendCode = async (entry: StoredEntry): Promise<void> => {
    if (entry.type !== 'loan.service-provided') return
    // As it is now: what is confirmed in the meantime, or was marked once more, needs no code from here any more.
    const { state, seq } = financing.books.requireLoan(entry.key)
    const user = state.subject?.userId
    if (!user || state.service?.confirmedOn !== null || seq !== entry.seq) return
    const known = `${entry.key}:${entry.seq}`
    const issued = financing.unsent.get(known) ?? (await issueCode(entry.key))
    if (!issued) return
    financing.unsent.set(known, issued)
    await say(entry, state, user, { template: 'serviceCode', values: { code: issued.code, minutes: String(CODE_HOURS * 60) } }, `loan:${entry.organization}:${entry.seq}:${issued.validUntil.getTime()}`)
    financing.unsent.delete(known)
  }
  const issueCode = async (loan: string) => {
    try {
      return await financing.codes.issue(serviceCodeFor(loan))
    } catch (error) {
      // Too many codes within the hour, or too many wrong ones: the book must not stop at it; the agent marks it once more later.
      if (!(error instanceof AuthError)) throw error
      financing.untold('serviceCode', error.code)
      return undefined
    }
  }
  return [{ kind: 'loan', name: 'messages', handle }, { kind: 'loan', name: 'service-codes', handle: sendCode }]
}
