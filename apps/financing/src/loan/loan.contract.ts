import type { Json } from '@growr/collections'
import type { LoanState, ProjectState } from '@growr/lending'
import { add } from '@growr/money'
import { decimal } from '@growr/service'
import type { OrganizationView } from '../financing.ts'
import { factsOfLoan } from './loan.key-facts.ts'
import { requiresKeyFacts } from './loan.present.ts'

/**
 * What the borrower signs: the parties, every figure of the loan, what happens when a payment is late. Made from the loan as it was
 * approved alone, so that it reads the same whenever it is asked for; the due dates count from the day of the payout.
 */
export function loanContract(loan: LoanState, project: ProjectState, organization: OrganizationView): { [key: string]: Json } {
  const { currency, terms } = loan
  return {
    type: 'LoanContract',
    loan: loan.key,
    project: { key: project.key, name: project.name },
    lender: { name: organization.name, did: organization.did },
    borrower: loan.subject?.userDid ?? null,
    approvedOn: loan.applicationDate,
    signUntil: loan.offerUntil,
    currency: currency.code,
    principal: decimal(loan.contractAmount, currency),
    months: loan.months,
    schedule: terms.schedule,
    interestRate: terms.interestRate,
    interest: decimal(loan.interestAmount, currency),
    interestIsEstimate: terms.schedule === 'AD_HOC',
    total: decimal(loan.commitmentAmount, currency),
    disbursementFee: decimal(loan.fee, currency),
    riskDeposit: decimal(loan.deposit, currency),
    payout: decimal(loan.payout, currency),
    cashBackRate: terms.cashBackRate,
    gracePeriod: terms.gracePeriod,
    defaultAfterDays: terms.defaultAfterDays,
    instalments: contractInstalments(loan),
    // With its key facts, where the project has them read first: what was shown is what is signed.
    ...(requiresKeyFacts(terms) ? { coolingOffDays: terms.coolingOffDays ?? 0, keyFacts: factsOfLoan(loan).digest } : {}),
  }
}

function contractInstalments(loan: LoanState): Json {
  return loan.schedule.map((row) => ({
    number: row.number,
    amount: decimal(add(row.principal, row.interest), loan.currency),
    principal: decimal(row.principal, loan.currency),
    interest: decimal(row.interest, loan.currency),
  }))
}
