import type { ScheduleKind } from '../index.ts'

// What a loan's facts come to, written a second time and another way: a queue of single debts that facts, sorted by value date, work
// through. It shares nothing with the library: its own days, fractions and schedules. Tests hold the two against each other.

export interface Facts {
  readonly kind: ScheduleKind
  readonly principal: bigint
  /** Hundredths of a percent a year. */
  readonly rate: bigint
  readonly months: number
  readonly grace: number
  readonly start: string
  /** Payments that stand: what was reversed is not among them. In any order. */
  readonly payments: readonly { readonly on: string; readonly amount: bigint }[]
  readonly reschedules: readonly { readonly on: string; readonly months: number; readonly firstDue: string | null }[]
  readonly writtenOffOn: string | null
  readonly through: string
}

export interface Balances {
  readonly principalPaid: bigint
  readonly interestPaid: bigint
  readonly interestCharged: bigint
  readonly overpaid: bigint
  readonly recovered: bigint
}

interface Debt {
  readonly what: 'interest' | 'principal'
  readonly due: number
  left: bigint
}

const DAY = 86_400_000
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY

/** The day that many months after a date, or the last of the month where it has none such. */
function monthsAfter(date: string, months: number): number {
  const from = new Date(`${date}T00:00:00Z`)
  const wished = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, from.getUTCDate())
  const last = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)
  return Math.min(wished, last) / DAY
}

/** To the nearest, a tie to the even; of numbers that are not negative. */
function nearest(over: bigint, under: bigint): bigint {
  const floor = over / under
  const rest = 2n * (over - floor * under)
  return rest > under || (rest === under && floor % 2n === 1n) ? floor + 1n : floor
}

/** Principal and interest of each month. */
function plan(kind: ScheduleKind, principal: bigint, rate: bigint, months: number, grace: number): { principal: bigint; interest: bigint }[] {
  const n = BigInt(months)
  const paying = BigInt(months - grace)
  if (kind === 'FLAT') {
    const interest = nearest(principal * rate * n, 120_000n)
    const waiting = interest / n
    const whole = principal + interest - waiting * BigInt(grace)
    const reached = (k: bigint): bigint => (k === paying ? whole : (whole / paying) * k)
    return Array.from({ length: months }, (_, index) => {
      if (index < grace) return { principal: 0n, interest: waiting }
      const k = BigInt(index - grace)
      const part = (principal * reached(k + 1n)) / whole - (principal * reached(k)) / whole
      return { principal: part, interest: reached(k + 1n) - reached(k) - part }
    })
  }
  // The present value of 1 a month over n months, as the fraction Σ q^k (q + r)^(n − k) … with q = 120,000 and r the rate.
  let [over, under] = [0n, 1n]
  for (let k = 0n; k < paying; k += 1n) [over, under] = [(over + under) * 120_000n, under * (120_000n + rate)]
  const equal = kind === 'EQUAL_INSTALMENTS' ? nearest(principal * under, over) : principal / paying
  let left = principal
  return Array.from({ length: months }, (_, index) => {
    const interest = nearest(left * rate, 120_000n)
    let part = kind === 'EQUAL_INSTALMENTS' ? equal - interest : equal
    if (part < 0n) part = 0n
    if (part > left || index === months - 1) part = left
    if (index < grace) part = 0n
    left -= part
    return { principal: part, interest }
  })
}

/** Of a bullet: interest of the days between on what is left of the principal, each stretch rounded by itself. */
function accrue(model: Model, until: number): void {
  if (model.facts.kind !== 'AD_HOC' || until <= model.day) return
  const principal = model.queue.find(debt => debt.what === 'principal')
  const interest = principal ? nearest(principal.left * model.facts.rate * BigInt(until - model.day), 3_600_000n) : 0n
  model.day = until
  if (interest === 0n) return
  model.charged += interest
  model.queue.unshift({ what: 'interest', due: until, left: interest })
}

interface Model {
  readonly facts: Facts
  queue: Debt[]
  day: number
  charged: bigint
  readonly paid: { principal: bigint; interest: bigint }
  over: bigint
}

function pay(model: Model, amount: bigint): void {
  let rest = amount
  for (const debt of model.queue) {
    const part = rest < debt.left ? rest : debt.left
    debt.left -= part
    rest -= part
    model.paid[debt.what] += part
  }
  model.queue = model.queue.filter(debt => debt.left > 0n)
  model.over += rest
}

function begin(model: Model, principal: bigint, months: number, grace: number, due: (number: number) => number): void {
  const { kind, rate } = model.facts
  if (kind === 'AD_HOC') {
    model.queue.push({ what: 'principal', due: due(months), left: principal })
    return
  }
  for (const [index, row] of plan(kind, principal, rate, months, grace).entries()) {
    model.charged += row.interest
    model.queue.push({ what: 'interest', due: due(index + 1), left: row.interest }, { what: 'principal', due: due(index + 1), left: row.principal })
  }
  model.queue = model.queue.filter(debt => debt.left > 0n)
}

/** Everything in the order of its value date; on one day payments come before a new schedule. */
export function balancesOf(facts: Facts): Balances {
  const model: Model = { facts, queue: [], day: dayOf(facts.start), charged: 0n, paid: { principal: 0n, interest: 0n }, over: 0n }
  begin(model, facts.principal, facts.months, facts.grace, number => monthsAfter(facts.start, number))
  const end = facts.writtenOffOn === null ? null : dayOf(facts.writtenOffOn)
  const late = facts.payments.filter(({ on }) => end !== null && dayOf(on) > end)
  const happened = [
    ...facts.payments.filter(payment => !late.includes(payment)).map(({ on, amount }) => ({ day: dayOf(on), rank: 0, act: () => { pay(model, amount) } })),
    ...facts.reschedules.map((change, index) => ({ day: dayOf(change.on), rank: index + 1, act: () => { renew(model, change) } })),
  ]
  for (const { day, act } of happened.toSorted((a, b) => a.day - b.day || a.rank - b.rank)) {
    accrue(model, day)
    act()
  }
  accrue(model, end ?? dayOf(facts.through))
  const lost = model.queue.reduce((sum, debt) => sum + debt.left, 0n)
  const came = late.reduce((sum, { amount }) => sum + amount, 0n)
  const recovered = came < lost ? came : lost
  return { principalPaid: model.paid.principal, interestPaid: model.paid.interest, interestCharged: model.charged, overpaid: model.over + came - recovered, recovered }
}

/** What was due stays; interest that was not due yet is forgotten; principal is spread anew. */
function renew(model: Model, { on, months, firstDue }: Facts['reschedules'][number]): void {
  const today = dayOf(on)
  const principal = model.queue.filter(debt => debt.what === 'principal').reduce((sum, debt) => sum + debt.left, 0n)
  if (principal === 0n) return
  const kept = model.queue.filter(debt => debt.what === 'interest' && debt.due <= today)
  const dropped = model.queue.filter(debt => debt.what === 'interest' && debt.due > today)
  model.charged -= dropped.reduce((sum, debt) => sum + debt.left, 0n)
  model.queue = kept
  begin(model, principal, months, 0, number => (firstDue === null ? monthsAfter(on, number) : monthsAfter(firstDue, number - 1)))
}
