import type { loan as contract, Result } from '@growr/contracts'
import type { LoanEvent } from '@growr/lending'
import { decimal } from '@growr/service'
import type { FinancingBooks } from '../books/financing-books.ts'

/** What happened to a loan, out of its book. */
export async function historyOf(books: FinancingBooks, key: string): Promise<Result<typeof contract.history>> {
  const { state } = books.requireLoan(key)
  const events: Result<typeof contract.history> = []
  for await (const entry of books.history('loan', state.organizationId, key)) {
    const event = entry.event as LoanEvent | null
    const amount = event && 'amount' in event.data ? decimal(event.data.amount, state.currency) : null
    events.push({ seq: entry.seq, type: entry.type, at: entry.at, businessDate: entry.businessDate, amount })
  }
  return events
}
