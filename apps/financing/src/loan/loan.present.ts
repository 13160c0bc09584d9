import type { loan as contract } from '@growr/contracts'
import { outstandingOfLoan, type LoanState } from '@growr/lending'
import { add, subtract, type Amount } from '@growr/money'
import { decimal } from '@growr/service'

/** A loan as the API shows it to the parties of its contract. */
export function presentLoan(state: LoanState, version: number): contract.Loan {
  const text = (amount: Amount): string => decimal(amount, state.currency)
  return {
    key: state.key,
    project: state.projectKey,
    organization: state.organizationId,
    status: state.status,
    type: state.type,
    schedule: state.terms.schedule,
    currency: state.currency.code,
    requestedAmount: text(state.requestedAmount),
    requestedMonths: state.requestedMonths,
    contractAmount: text(state.contractAmount),
    months: state.months,
    interestRate: state.terms.interestRate,
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
    version,
  }
}

/** What an investor sees of it: nothing that leads to the borrower. */
export const withoutBorrower = (loan: contract.Loan): contract.Loan => ({ ...loan, borrower: null, borrowerUser: null })
