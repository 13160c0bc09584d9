import type { investor as contract } from '@growr/contracts'
import { lendable, type ProjectState } from '@growr/lending'
import { maximum, subtract, sum, zero, type Amount } from '@growr/money'
import { decimal, decimalOrZero, every } from '@growr/service'
import type { Financing } from '../financing.ts'
import { today } from '../financing.ts'
import { capitalOf, rateOf, transfersOf } from '../funding/funding.capital.ts'
import type { IntentDoc } from '../investor/investor.collections.ts'
import { loanBookOf } from './portfolio.loans.ts'

/** The investor's signed contracts, in the order of the projects' keys: of one project where it is given. */
export async function contractsOf({ intents }: Pick<Financing, 'intents'>, investor: string, project?: string): Promise<IntentDoc[]> {
  const found: IntentDoc[] = []
  for await (const doc of every(intents, { investor, status: 'SIGNED', ...(project === undefined ? {} : { project }) })) found.push(doc)
  return found.toSorted((a, b) => (a.project < b.project ? -1 : 1))
}

/** What an investor's capital reached, project by project, by the business date of each project's organization. */
export async function portfolioOf(financing: Financing, investor: string, project?: string): Promise<contract.PortfolioProject[]> {
  const held = await contractsOf(financing, investor, project)
  return Promise.all(held.map((doc) => heldProject(financing, doc)))
}

async function heldProject(financing: Financing, doc: IntentDoc): Promise<contract.PortfolioProject> {
  const { books, portfolio } = financing
  const asOf = await today(financing, doc.organization)
  const { state } = books.requireProject(doc.project)
  const position = books.position(state)
  const { currency } = state
  const capital = capitalOf(financing, doc, state, asOf)
  const { outstanding, lost } = principalOf(state, doc.id, capital.principalOutstanding)
  const text = (amount: Amount): string => decimal(amount, currency)
  return {
    project: state.key,
    organization: state.organizationId,
    name: state.name,
    status: state.status,
    currency: currency.code,
    endDate: state.endDate,
    asOf,
    intent: doc.id,
    interestRate: rateOf(doc, state, transfersOf(financing, doc)),
    invested: text(capital.funded),
    principalRepaid: text(capital.principalPaid),
    principalOutstanding: decimalOrZero(outstanding, currency),
    principalLost: text(lost),
    yieldAccrued: text(capital.yieldAccrued),
    yieldPaid: text(capital.yieldPaid),
    seniorCapital: decimalOrZero(position.senior, currency),
    juniorCapital: decimalOrZero(position.junior, currency),
    available: decimalOrZero(lendable(position), currency),
    loans: loanBookOf(portfolio, state, position, asOf),
  }
}

/** The principal that may still come: once the project was wound up what its share-out left for this contract, and the rest is lost. */
function principalOf({ distribution, currency }: ProjectState, contractKey: string, outstanding: Amount): { outstanding: Amount; lost: Amount } {
  if (!distribution) return { outstanding, lost: zero(currency.code) }
  const due = distribution.payables.filter(({ party, kind }) => party === contractKey && kind === 'SENIOR_PRINCIPAL')
  const left = sum(currency.code, due.map(({ amount, paid }) => subtract(amount, paid)))
  return { outstanding: left, lost: maximum(subtract(outstanding, left), zero(currency.code)) }
}
