import { loan, payment, project, Refusal, type Result } from '@growr/contracts'
import type { Ask, Load } from '../ask.ts'
import { money, named, rate, typeNames } from '../words.ts'

type Loan = Result<typeof loan.findByKey>
type Owed = Result<typeof loan.findOwed>[number]

/** At most so many are listed: whoever has more sees the newest. */
const most = 40
/** Statuses in which a loan is nothing any more. */
const over: ReadonlySet<string> = new Set(['REFUSED', 'CANCELLED'])
const paying: ReadonlySet<string> = new Set(['DISBURSED', 'DEFAULTED', 'WRITTEN_OFF'])

/** The names of projects; a project that may not be seen any more goes by its key. */
async function namesOf(ask: Ask, keys: readonly string[]): Promise<(key: string) => string> {
  const found = await Promise.all([...new Set(keys)].map(async (key): Promise<[string, string]> => {
    try {
      return [key, (await ask.call(project.findByKey, { key })).name]
    } catch (error) {
      if (error instanceof Refusal && (error.kind === 'FORBIDDEN' || error.kind === 'NOT_FOUND')) return [key, key]
      throw error
    }
  }))
  const names = new Map(found)
  return (key) => names.get(key) ?? key
}

const keyOf = (ask: Ask, name: string): string => {
  const key = ask.values[name]
  if (key === undefined) throw new Refusal('NOT_FOUND', { path: name })
  return key
}

const dueOf = (row: Owed): { amount: string; on: string } | undefined => {
  if (row.daysLate > 0 || Number(row.due) > 0) return { amount: row.due, on: row.nextDue ?? '' }
  return row.nextAmount === null ? undefined : { amount: row.nextAmount, on: row.nextDue ?? '' }
}

/** What she owes and when: by loan, the next payment first. */
export const owed: Load = async (ask) => {
  const rows = await ask.call(loan.findOwed, {})
  return {
    items: rows.slice(0, most).map((row) => {
      const due = dueOf(row)
      const label = due === undefined
        ? ask.say('owe.total', { project: row.name, amount: money(row.outstanding), currency: row.currency })
        : ask.say('owe.item', { amount: money(due.amount), currency: row.currency, due: due.on, days: row.daysLate > 0 ? String(row.daysLate) : '' })
      return { label, set: { loan: row.loan } }
    }),
  }
}

/** Loans on which something can be paid. With one alone there is nothing to choose. */
export const payable: Load = async (ask) => {
  const rows = await ask.call(loan.findOwed, {})
  const [only] = rows
  if (only !== undefined && rows.length === 1) return { go: 'pay.how', set: { loan: only.loan } }
  return { items: rows.slice(0, most).map((row) => ({ label: ask.say('owe.total', { project: row.name, amount: money(row.outstanding), currency: row.currency }), set: { loan: row.loan } })) }
}

export const due: Load = async (ask) => {
  const key = keyOf(ask, 'loan')
  const row = (await ask.call(loan.findOwed, {})).find((each) => each.loan === key)
  if (row === undefined) throw new Refusal('LOAN_STATUS')
  const next = dueOf(row)
  return {
    values: { left: money(row.outstanding), ...(next === undefined ? {} : { dueAmount: money(next.amount), due: next.on }) },
    set: { currency: row.currency, sumLeft: row.outstanding, ...(next === undefined ? {} : { sumDue: next.amount }) },
    flags: next === undefined ? [] : ['due'],
  }
}

/** The amount that is about to be paid, as it is read. */
export const sum: Load = (ask) => Promise.resolve({ values: { amount: money(ask.values['amount'] ?? '') } })

/** Cash that she handed over and that waits for her code. */
export const cash: Load = async (ask) => {
  const { edges } = await ask.call(payment.findByLoan, { loan: keyOf(ask, 'loan') })
  const waiting = edges.map(({ node }) => node).filter(({ kind, rail, status, awaits }) => kind === 'REPAYMENT' && rail === 'CASH' && status === 'ADDED' && awaits === 'CODE')
  return {
    items: waiting.slice(0, most).map((each) => ({
      label: ask.say('cash.item', { amount: money(each.amount), currency: each.currency, date: each.valueDate }),
      set: { payment: each.key, amount: money(each.amount), currency: each.currency },
    })),
  }
}

export const loans: Load = async (ask) => {
  const { edges } = await ask.call(loan.findByUser, { first: 100 })
  const shown = edges.map(({ node }) => node).filter(({ status }) => !over.has(status)).slice(0, most)
  const name = await namesOf(ask, shown.map((each) => each.project))
  return {
    items: shown.map((each) => ({
      label: ask.say('loans.item', { project: name(each.project), amount: money(each.contractAmount), status: named(ask, 'status', each.status) }),
      set: { loan: each.key },
    })),
  }
}

const flagsOf = (it: Loan): string[] => [
  ...(it.status === 'APPROVED' ? ['sign'] : []),
  ...(it.status === 'SIGNED' && it.coolingOffUntil !== null ? ['waive'] : []),
  ...(it.status === 'APPROVED' || it.status === 'SIGNED' ? ['withdraw'] : []),
  ...(paying.has(it.status) ? ['pay'] : []),
  ...(it.service === 'PROVIDED' ? ['service'] : []),
  ...(over.has(it.status) || it.imported ? [] : ['facts']),
]

export const one: Load = async (ask) => {
  const it = await ask.call(loan.findByKey, { key: keyOf(ask, 'loan') })
  const name = await namesOf(ask, [it.project])
  const open = paying.has(it.status)
  const next = open ? it.instalments.find(({ amount, paid }) => amount !== paid) : undefined
  return {
    values: {
      project: name(it.project), amount: money(it.contractAmount), currency: it.currency, status: named(ask, 'status', it.status),
      offerUntil: it.status === 'APPROVED' ? (it.offerUntil ?? '') : '',
      left: open ? money(it.outstanding) : '',
      dueAmount: next === undefined ? '' : money(next.amount), due: next?.dueDate ?? '',
      cooling: it.status === 'SIGNED' ? (it.coolingOffUntil ?? '') : '',
    },
    flags: flagsOf(it),
  }
}

/** The whole key facts statement. */
export const facts: Load = async (ask) => {
  const { lines } = await ask.call(loan.keyFacts, { loan: keyOf(ask, 'loan'), language: ask.language })
  return { values: { facts: lines.join('\n') } }
}

/** The key facts in short: what she gets and pays, each instalment, what it costs, what happens when late, how long she may change her mind. */
function short(ask: Ask, read: Result<typeof loan.keyFacts>): string {
  const groups: { readonly amount: string; count: number }[] = []
  for (const { amount } of read.instalments) {
    const last = groups.at(-1)
    if (last?.amount === amount) last.count += 1
    else groups.push({ amount, count: 1 })
  }
  return ask.say('facts.short', {
    amount: money(read.amount), currency: read.currency, months: String(read.months), payout: money(read.payout), total: money(read.total), cost: money(read.cost),
    instalments: groups.map(({ amount, count }) => (count === 1 ? money(amount) : `${count} x ${money(amount)}`)).join(', '),
    apr: read.apr ?? '', late: String(read.defaultAfterDays), cooling: read.coolingOffDays === 0 ? '' : String(read.coolingOffDays),
  })
}

/** What is signed: the key facts in short; the digests stand for exactly what was shown. */
export const contract: Load = async (ask) => {
  const key = keyOf(ask, 'loan')
  const [read, { digest }] = await Promise.all([ask.call(loan.keyFacts, { loan: key, language: ask.language }), ask.call(loan.getContract, { loan: key })])
  return { values: { facts: short(ask, read) }, set: { digest, keyFacts: read.digest, amount: money(read.amount), currency: read.currency } }
}

export const offers: Load = async (ask) => ({
  items: (await ask.call(loan.findOffers, {})).slice(0, most).map((each) => ({
    label: ask.say('offers.item', { name: each.name, rate: rate(each.interestRate), max: money(each.maxAmount) }),
    set: { project: each.project },
  })),
})

async function offerOf(ask: Ask) {
  const key = keyOf(ask, 'project')
  const found = (await ask.call(loan.findOffers, {})).find((each) => each.project === key)
  if (found === undefined) throw new Refusal('PROJECT_NOT_OPEN')
  return found
}

export const offer: Load = async (ask) => {
  const it = await offerOf(ask)
  const percent = (value: string): string => (Number(value) === 0 ? '' : rate(value))
  return {
    values: {
      name: it.name, currency: it.currency, min: money(it.minAmount), max: money(it.maxAmount), minMonths: String(it.minMonths), maxMonths: String(it.maxMonths),
      rate: rate(it.interestRate), fee: percent(it.disbursementFee), deposit: percent(it.riskDepositRate), missing: typeNames(ask, it.missing),
    },
    flags: it.missing.length === 0 ? ['apply'] : ['missing'],
  }
}

/** What she would sign if she applied now, and what she shows for it. */
export const quote: Load = async (ask) => {
  const it = await offerOf(ask)
  const { amount = '', months = '' } = ask.values
  const read = await ask.call(loan.keyFacts, { project: it.project, amount, months: Number(months), language: ask.language })
  return { values: { facts: short(ask, read), project: it.name, shows: typeNames(ask, it.requires) } }
}

/** The currency in which her organization's projects lend. */
export const currency: Load = async (ask) => {
  const [first] = await ask.call(loan.findOffers, {})
  const known = first?.currency ?? (await ask.call(loan.findOwed, {}))[0]?.currency
  if (known === undefined) throw new Refusal('NOT_OFFERED')
  return { set: { currency: known } }
}

