import { callingUser, type ActionContext } from '@growr/bus'
import type { loan as contract, Params, Result } from '@growr/contracts'
import { addDays, arrearsOf, bucketOf, daysBetween, dueOn, outstandingOfLoan, payoffOn, type LoanState } from '@growr/lending'
import { amountOf, currencyOf, type Amount } from '@growr/money'
import { connectionOfList, decimal, type Listed } from '@growr/service'
import { type Financing, today } from '../financing.ts'

const buckets = ['DAYS_1_30', 'DAYS_31_60', 'DAYS_61_90', 'DAYS_OVER_90'] as const

function present(loan: LoanState, by: string): contract.Due {
  const text = (amount: Amount): string => decimal(amount, loan.currency)
  const { amount, principal, interest, since } = dueOn(loan, by)
  const { daysLate, bucket } = arrearsOf(loan, by)
  return {
    loan: loan.key, project: loan.projectKey, status: loan.status, currency: loan.currency.code,
    due: text(amount), principal: text(principal), interest: text(interest), dueDate: since ?? by, daysLate, bucket,
    outstanding: text(outstandingOfLoan(loan)), borrower: loan.subject?.userDid ?? null, borrowerUser: loan.subject?.userId ?? null,
  }
}

const shown = (listed: Listed<LoanState>, by: string) => connectionOfList(listed, (loan) => present(loan, by))

/** What is due by a day, late or on that day. */
export async function dueList(financing: Financing, { organization, on, project, first, after }: Params<typeof contract.dueList>): Promise<Result<typeof contract.dueList>> {
  const by = on ?? (await today(financing, organization))
  return shown(financing.books.listDue({ organization, project, by }, { first, after }), by)
}

/** What is late today; the sums are of all that is, by currency and days late. */
export async function arrearsList(financing: Financing, { organization, project, first, after }: Params<typeof contract.arrearsList>): Promise<Result<typeof contract.arrearsList>> {
  const on = await today(financing, organization)
  const by = addDays(on, -1)
  const sums = new Map<string, { loans: number; principal: bigint }>()
  // Loans of one due date fall into one bucket together.
  for (const { currency, due, principal, loans } of financing.books.atRisk({ organization, project, by })) {
    const key = `${currency} ${bucketOf(daysBetween(due, on))}`
    const sum = sums.get(key) ?? { loans: 0, principal: 0n }
    sums.set(key, { loans: sum.loans + loans, principal: sum.principal + principal })
  }
  const currencies = [...new Set([...sums.keys()].map((key) => key.split(' ')[0] as string))].sort()
  return {
    organization,
    on,
    buckets: currencies.flatMap((currency) => buckets.map((bucket) => {
      const { loans, principal } = sums.get(`${currency} ${bucket}`) ?? { loans: 0, principal: 0n }
      return { currency, bucket, loans, principal: decimal(amountOf(principal, currency), currencyOf(currency)) }
    })),
    list: shown(financing.books.listDue({ organization, project, by }, { first, after }), on),
  }
}

/** What the borrower who asks owes and when, over all organizations; what was written off is owed still. */
export async function findOwed(financing: Financing, context: ActionContext): Promise<Result<typeof contract.findOwed>> {
  const { books } = financing
  const { userId } = callingUser(context)
  const owed: Result<typeof contract.findOwed> = []
  for (const loan of books.loansOfUser(userId)) {
    if (loan.status !== 'DISBURSED' && loan.status !== 'DEFAULTED' && loan.status !== 'WRITTEN_OFF') continue
    const on = await today(financing, loan.organizationId)
    const text = (amount: Amount): string => decimal(amount, loan.currency)
    const { amount, next } = dueOn(loan, on)
    owed.push({
      loan: loan.key, organization: loan.organizationId, project: loan.projectKey, name: books.requireProject(loan.projectKey).state.name, status: loan.status, currency: loan.currency.code,
      outstanding: text(payoffOn(loan, on)), due: text(amount), daysLate: arrearsOf(loan, on).daysLate, nextAmount: next ? text(next.amount) : null, nextDue: next?.dueDate ?? null,
    })
  }
  return owed
}
