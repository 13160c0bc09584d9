import { callingUser, type ActionContext } from '@growr/bus'
import { loan as contract, Refusal, user as users, type Cause, type Params } from '@growr/contracts'
import { apr, quote, schedules, type LoanFigures, type LoanState, type LoanTerms, type ProjectState } from '@growr/lending'
import { add, negate, percentOf, type Amount, type Currency } from '@growr/money'
import { decimal, digestOf, positiveOf } from '@growr/service'
import { type Financing, today } from '../financing.ts'
import { linesOf, screensOf, type Language } from './loan.key-facts.text.ts'

type Facts = Omit<contract.KeyFacts, 'language' | 'lines' | 'screens'>

interface Loaned extends LoanFigures {
  readonly contractAmount: Amount
  readonly months: number
  readonly terms: LoanTerms
  /** The day on which the money is taken to be paid out; the figures do not depend on it. */
  readonly start: string
}

/**
 * What is to be known of a loan before it is signed. Its digest is of the facts, whatever the language; as the loan was approved, so
 * that it reads the same whenever it is asked for.
 */
function factsOf(loan: Loaned, key: string | null, project: string, currency: Currency): Facts {
  const { contractAmount, months, fee, deposit, payout, interestAmount, commitmentAmount, schedule, terms, start } = loan
  const text = (amount: Amount): string => decimal(amount, currency)
  const due = (row: LoanFigures['schedule'][number]): Amount => add(row.principal, row.interest)
  const facts = {
    project,
    currency: currency.code,
    amount: text(contractAmount),
    months,
    fee: text(fee),
    deposit: text(deposit),
    payout: text(payout),
    interestRate: terms.interestRate,
    interest: text(interestAmount),
    cost: text(add(interestAmount, fee)),
    total: text(commitmentAmount),
    apr: apr([{ date: start, amount: payout }, ...schedule.map((row) => ({ date: row.dueDate, amount: negate(due(row)) }))]),
    isEstimate: schedules[terms.schedule].accrues,
    instalments: schedule.map((row) => ({ number: row.number, dueDate: row.dueDate, amount: text(due(row)), principal: text(row.principal), interest: text(row.interest) })),
    defaultAfterDays: terms.defaultAfterDays,
    cashBack: text(percentOf(contractAmount, terms.cashBackRate, 'HALF_EVEN')),
    coolingOffDays: terms.coolingOffDays ?? 0,
  }
  return { loan: key, ...facts, digest: digestOf({ loan: key, ...facts }) }
}

/** Before the payout; what became of the loan afterwards is not what was agreed upon, so the facts are drawn anew from its terms. */
export function factsOfLoan(loan: LoanState): Facts {
  if (loan.origin || loan.status === 'REFUSED') throw new Refusal('LOAN_STATUS', { path: 'loan', details: { status: loan.status } })
  const { contractAmount, months, terms, applicationDate: start } = loan
  const bounds = { minAmount: contractAmount, maxAmount: contractAmount, minMonths: months, maxMonths: months, type: loan.type }
  return factsOf({ ...quote({ ...terms, ...bounds }, contractAmount, months, start), terms, start }, loan.key, loan.projectKey, loan.currency)
}

/** The statement in the language that is asked for, else the borrower's. BAD_INPUT, LOAN_STATUS, AMOUNT_INVALID, NOT_FOUND. */
export async function keyFacts(financing: Financing, params: Params<typeof contract.keyFacts>, context: ActionContext): Promise<contract.KeyFacts> {
  const { books } = financing
  if (params.loan !== undefined) {
    const { state } = books.requireLoan(params.loan)
    const language = params.language ?? (await languageOf(state.subject?.userId, context))
    return inWords(factsOfLoan(state), books.requireProject(state.projectKey).state, language)
  }
  for (const field of ['project', 'amount', 'months'] as const) if (params[field] === undefined) throw new Refusal('BAD_INPUT', { path: field })
  const { state } = books.requireProject(params.project as string)
  const amount = positiveOf(params.amount as string, state.currency, 'amount')
  const start = await today(financing, state.organizationId)
  const facts = factsOf({ ...quote(state.loans, amount, params.months as number, start), terms: state.loans, start }, null, state.key, state.currency)
  return inWords(facts, state, params.language ?? (await languageOf(callingUser(context).userId, context)))
}

function inWords(facts: Facts, { name, loans }: ProjectState, language: Language): contract.KeyFacts {
  const lines = linesOf(facts, loans.schedule, name, language)
  return { ...facts, language, lines, screens: screensOf(lines) }
}

async function languageOf(user: string | undefined, context: ActionContext): Promise<Language> {
  return user === undefined ? 'en' : (await context.as().call(users.findById, { id: user })).language
}

// The whole statement behind a link: whoever holds the link reads the figures of a loan; no name is in them.

/** The path of a loan's statement: its key, and a keyed digest that nobody else can make. */
const pathOf = ({ linkDigest }: Financing, loan: string): string => `/key-facts/${loan}.${linkDigest(loan)}`

export const linkOf = (financing: Financing, loan: string): string => `${financing.publicUrl}${pathOf(financing, loan)}`

/** Sends the link; once for each request. LOAN_STATUS; NOT_FOUND where the borrower was erased. */
export async function sendKeyFacts(financing: Financing, { loan }: { loan: string }, context: ActionContext): Promise<{ ok: true }> {
  const { state, seq } = financing.books.requireLoan(loan)
  factsOfLoan(state)
  const user = state.subject?.userId
  if (!user) throw new Refusal('NOT_FOUND', { path: 'borrower' })
  const cause: Cause = { group: 'financing', organization: state.organizationId, book: 'loan', key: loan, seq }
  const project = financing.books.requireProject(state.projectKey).state.name
  const requestId = context.requestId === undefined ? undefined : `key-facts:${loan}:${context.requestId}`.slice(0, 128)
  await context.as(cause).call(users.notify, { user, template: 'keyFacts', values: { project, link: linkOf(financing, loan) } }, { requestId })
  return { ok: true }
}

/** The statement that a link leads to, in a language; undefined where the link is none of ours, or its loan has no such statement. */
export function linkedFacts(financing: Financing, token: string, language: Language): contract.KeyFacts | undefined {
  const [loan = '', digest = ''] = token.split('.')
  if (digest === '' || !sameText(digest, financing.linkDigest(loan))) return undefined
  try {
    const { state } = financing.books.requireLoan(loan)
    return inWords(factsOfLoan(state), financing.books.requireProject(state.projectKey).state, language)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** In a time that does not depend on where they differ. */
function sameText(a: string, b: string): boolean {
  let differs = a.length ^ b.length
  for (let index = 0; index < b.length; index++) differs |= (a.charCodeAt(index) || 0) ^ b.charCodeAt(index)
  return differs === 0
}
