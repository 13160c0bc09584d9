import { Refusal, type investor as contract, type Params, type Result } from '@growr/contracts'
import { addDays, capitalPosition, xirr, type FundingState, type ProjectState } from '@growr/lending'
import { add, negate, subtract, sum, zero, type Amount } from '@growr/money'
import { csvText, decimal } from '@growr/service'
import { today, type Financing } from '../financing.ts'
import { rateOf, transfersOf } from '../funding/funding.capital.ts'
import type { IntentDoc } from '../investor/investor.collections.ts'
import { contractsOf } from './portfolio.own.ts'

type Statement = Result<typeof contract.statement>

/** One contract within the span: its flows, and what its capital was worth before the first and after the last day. */
interface Held {
  readonly project: ProjectState
  readonly opening: Amount
  readonly flows: readonly FundingState[]
  readonly closing: Amount
}

/**
 * An investor's cash flows by value date, through the latest business date of the organizations unless told otherwise. Registrations
 * that were taken back are not in it. NOT_FOUND for a project without a signed contract, BAD_INPUT for a span that ends before it
 * begins or in the future.
 */
export async function statementOf(financing: Financing, investor: string, params: Params<typeof contract.statement>): Promise<Statement> {
  const contracts = await contractsOf(financing, investor, params.project)
  if (params.project !== undefined && contracts.length === 0) throw new Refusal('NOT_FOUND', { path: 'project' })
  const days = await Promise.all(contracts.map(({ organization }) => today(financing, organization)))
  const latest = days.toSorted().at(-1) ?? financing.clock.now().toISOString().slice(0, 10)
  const { from, to = latest } = params
  if (to > latest) throw new Refusal('BAD_INPUT', { path: 'to', details: { latest } })
  if (from !== undefined && from > to) throw new Refusal('BAD_INPUT', { path: 'from' })
  const held = contracts.map((doc) => heldIn(financing, doc, from, to))
  return {
    from: from ?? null,
    to,
    flows: held.flatMap(({ project, flows }) => flows.map((flow) => shown(project, flow))).toSorted((a, b) => order(a.date, b.date) || order(a.funding, b.funding)),
    totals: [...new Set(held.map(({ project }) => project.currency.code))].toSorted().map((code) => totalOf(held.filter(({ project }) => project.currency.code === code), from, to)),
    csv: csvOf(held, from, to),
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

function heldIn(financing: Financing, doc: IntentDoc, from: string | undefined, to: string): Held {
  const project = financing.books.requireProject(doc.project).state
  const transfers = transfersOf(financing, doc).filter(({ status, valueDate }) => status === 'CONFIRMED' && valueDate <= to)
  const rate = rateOf(doc, project, transfers)
  const worth = (on: string): Amount => worthOf(project, doc.id, transfers.filter(({ valueDate }) => valueDate <= on), rate, on)
  return {
    project,
    opening: from === undefined ? zero(project.currency.code) : worth(addDays(from, -1)),
    flows: transfers.filter(({ valueDate }) => from === undefined || valueDate >= from),
    closing: worth(to),
  }
}

/** What a contract's capital is worth: principal outstanding and yield owed; of a project that was wound up, its shares that are not paid. */
function worthOf({ currency, distribution }: ProjectState, contractKey: string, transfers: readonly FundingState[], rate: string, on: string): Amount {
  if (distribution && distribution.on <= on) {
    const shares = distribution.payables.filter(({ party }) => party === contractKey).map(({ amount }) => amount)
    return subtract(sum(currency.code, shares), sum(currency.code, transfers.filter(({ isShare }) => isShare).map(({ amount }) => amount)))
  }
  const { principalOutstanding, yieldOwed } = capitalPosition(currency.code, transfers, rate, on)
  return add(principalOutstanding, yieldOwed)
}

function shown({ key, name, currency }: ProjectState, { key: funding, paymentType, amount, split, valueDate }: FundingState): Statement['flows'][number] {
  const text = (value: Amount): string => decimal(value, currency)
  return {
    date: valueDate, project: key, projectName: name, currency: currency.code, kind: paymentType === 'INCOMING' ? 'FUNDED' : 'REPAID',
    amount: text(amount), principal: text(split.principal), yield: text(split.yield), other: text(split.other), funding,
  }
}

/** As the investor's purse sees it: money given is negative. */
const signed = ({ paymentType, amount }: FundingState): Amount => (paymentType === 'INCOMING' ? negate(amount) : amount)

function totalOf(held: readonly Held[], from: string | undefined, to: string): Statement['totals'][number] {
  const { currency } = held[0]!.project
  const text = (amounts: readonly Amount[]): string => decimal(sum(currency.code, amounts), currency)
  const flows = held.flatMap((each) => each.flows)
  const back = flows.filter(({ paymentType }) => paymentType === 'OUTGOING')
  const opening = sum(currency.code, held.map((each) => each.opening))
  const closing = sum(currency.code, held.map((each) => each.closing))
  const begun = from === undefined ? [] : [{ date: from, amount: negate(opening) }]
  return {
    currency: currency.code,
    opening: decimal(opening, currency),
    funded: text(flows.filter(({ paymentType }) => paymentType === 'INCOMING').map(({ amount }) => amount)),
    principal: text(back.map(({ split }) => split.principal)),
    yield: text(back.map(({ split }) => split.yield)),
    other: text(back.map(({ split }) => split.other)),
    closing: decimal(closing, currency),
    xirr: xirr([...begun, ...flows.map((flow) => ({ date: flow.valueDate, amount: signed(flow) })), { date: to, amount: closing }]),
  }
}

const header = ['date', 'project', 'name', 'currency', 'kind', 'amount', 'principal', 'yield', 'other', 'funding'] as const

/** Rows by project, money given negative: `XIRR(amount; date)` of a spreadsheet over the rows of one currency gives the statement's. */
function csvOf(held: readonly Held[], from: string | undefined, to: string): string {
  const rows = held.flatMap(({ project, opening, flows, closing }) => {
    const { key, name, currency } = project
    const text = (amount: Amount): string => decimal(amount, currency)
    const edge = (date: string, kind: string, amount: Amount) => [date, key, name, currency.code, kind, text(amount), null, null, null, null]
    return [
      ...(from === undefined ? [] : [edge(from, 'OPENING', negate(opening))]),
      ...flows.toSorted((a, b) => order(a.valueDate, b.valueDate) || order(a.key, b.key)).map((flow) => [
        flow.valueDate, key, name, currency.code, flow.paymentType === 'INCOMING' ? 'FUNDED' : 'REPAID',
        text(signed(flow)), text(flow.split.principal), text(flow.split.yield), text(flow.split.other), flow.key,
      ]),
      edge(to, 'CLOSING', closing),
    ]
  })
  return csvText(header, rows)
}
