import { divide } from '@growr/money'
import { DomainFault } from '../faults.ts'
import { interestByMonths } from '../interest.ts'
import type { Instalment } from '../types/loan.ts'
import { dueDateOf, instalment, settleFixed, withCarried, type ScheduleBuilder, type ScheduleInput } from './schedule.ts'

/**
 * Flat instalments. Interest I = P × annual rate × months / 12. The instalments of the grace period hold interest only, floor(I / m)
 * each; what is left of the commitment P + I falls on the others in equal parts rounded down, the remainder on the last. Each is
 * split by what is principal of the instalments up to it: floor(P × their sum / sum of all), so that the parts are never negative
 * and sum exactly.
 */
function draw(input: ScheduleInput): Instalment[] {
  const { principal, months, terms, carried } = input
  const grace = terms.gracePeriod
  if (!Number.isInteger(months) || months < 1 || grace < 0 || grace >= months || principal.amount <= 0n) {
    throw new DomainFault('INPUT_INVALID', 'a flat loan has a principal, at least one month, and fewer instalments in grace than months')
  }
  const currency = principal.currency
  const interest = interestByMonths(principal, terms.interestRate, months).amount
  const inGrace = divide(interest, BigInt(months), 'DOWN')
  const amortized = principal.amount + interest - inGrace * BigInt(grace)
  const count = BigInt(months - grace)
  const equal = divide(amortized, count, 'DOWN')

  const rows: Instalment[] = []
  let cumulated = 0n
  let principalBefore = 0n
  for (let number = 1; number <= months; number += 1) {
    const dueDate = dueDateOf(input, number)
    if (number <= grace) {
      rows.push(instalment(number, dueDate, 0n, inGrace, currency))
      continue
    }
    const due = number === months ? amortized - equal * (count - 1n) : equal
    cumulated += due
    const principalThrough = divide(principal.amount * cumulated, amortized, 'DOWN')
    const part = principalThrough - principalBefore
    principalBefore = principalThrough
    rows.push(instalment(number, dueDate, part, due - part, currency))
  }
  return withCarried(rows, carried)
}

export const flat: ScheduleBuilder = { accrues: false, draw, settle: settleFixed }
