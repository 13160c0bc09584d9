import { add, minimum, subtract, type Amount } from '@growr/money'
import type { Instalment } from './types/loan.ts'

/**
 * Allocates an amount to a schedule: the oldest instalment first, in it interest before principal; what is more than an instalment
 * flows on to the next; what is more than all of them is the rest. Conserves: what is allocated and the rest sum to the amount.
 */
export function allocate(rows: readonly Instalment[], amount: Amount): { rows: Instalment[]; rest: Amount } {
  let rest = amount
  const allocated = rows.map(row => {
    const interest = minimum(rest, subtract(row.interest, row.paidInterest))
    rest = subtract(rest, interest)
    const principal = minimum(rest, subtract(row.principal, row.paidPrincipal))
    rest = subtract(rest, principal)
    return { ...row, paidInterest: add(row.paidInterest, interest), paidPrincipal: add(row.paidPrincipal, principal) }
  })
  return { rows: allocated, rest }
}
