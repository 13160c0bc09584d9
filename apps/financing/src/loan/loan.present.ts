import type { loan as contract } from '@growr/contracts'
import { coolingOffUntil, outstandingOfLoan, type LoanState, type LoanTerms } from '@growr/lending'
import { add, compare, subtract, zero, type Amount } from '@growr/money'
import { decimal } from '@growr/service'

/** A loan as the API shows it to the parties of its contract. */
export function presentLoan(state: LoanState, version: number): contract.Loan {
  const { terms } = state
  const text = (amount: Amount): string => decimal(amount, state.currency)
  return {
    key: state.key,
    project: state.projectKey,
    organization: state.organizationId,
    status: state.status,
    type: state.type,
    schedule: terms.schedule,
    currency: state.currency.code,
    requestedAmount: text(state.requestedAmount),
    requestedMonths: state.requestedMonths,
    contractAmount: text(state.contractAmount),
    months: state.months,
    interestRate: terms.interestRate,
    interestAmount: text(state.interestAmount),
    commitmentAmount: text(state.commitmentAmount),
    fee: text(state.fee),
    deposit: text(state.deposit),
    payout: text(state.payout),
    repaid: text(state.repaidAmount),
    outstanding: text(outstandingOfLoan(state)),
    overpaid: text(subtract(state.overpaid, state.overpaymentRefunded)),
    cashBack: text(state.cashBack),
    applicationDate: state.applicationDate,
    offerUntil: state.offerUntil,
    startDate: state.startDate,
    endDate: state.endDate,
    instalments: state.schedule.map((row) => ({
      number: row.number,
      dueDate: row.dueDate,
      principal: text(row.principal),
      interest: text(row.interest),
      amount: text(add(row.principal, row.interest)),
      paid: text(add(row.paidPrincipal, row.paidInterest)),
      overdue: row.overdueOn !== null && row.settledOn === null,
    })),
    borrower: state.subject?.userDid ?? null,
    borrowerUser: state.subject?.userId ?? null,
    verifier: state.verifierDid,
    coolingOffUntil: coolingOffUntil(state),
    coolingOffWaived: state.coolingOffWaivedOn !== undefined,
    keyFactsRequired: requiresKeyFacts(terms),
    payoutNeedsApproval: terms.approvalAbove ? compare(state.payout, terms.approvalAbove) > 0 : false,
    service: !state.service ? 'NONE' : state.service.confirmedOn === null ? 'PROVIDED' : 'CONFIRMED',
    defaultedOn: state.defaulted?.on ?? null,
    writtenOff: text(state.writtenOff ? add(state.writtenOff.principal, state.writtenOff.interest) : zero(state.currency.code)),
    recovered: text(state.recovered ?? zero(state.currency.code)),
    reschedules: state.reschedules?.length ?? 0,
    imported: state.origin !== undefined,
    version,
  }
}

/** A project that protects its borrowers by a cooling-off time or a ceiling on debt has them read the key facts before they sign. */
export const requiresKeyFacts = ({ coolingOffDays, debtCeiling }: LoanTerms): boolean => (coolingOffDays ?? 0) > 0 || (debtCeiling ?? null) !== null

/** What an investor sees of it: nothing that leads to the borrower. */
export const withoutBorrower = (loan: contract.Loan): contract.Loan => ({ ...loan, borrower: null, borrowerUser: null })
