import type { investor as contract, Params } from '@growr/contracts'
import { leverageOf, type ProjectPosition, type ProjectState } from '@growr/lending'
import { compareRatios, maximum, parseDecimal, subtract, times, zero, type Amount } from '@growr/money'
import { connectionOfList, decimalOrZero, positiveOf, type Connection, type Current } from '@growr/service'
import { organizationOf, today, type Financing } from '../financing.ts'
import { presentProject } from '../project/project.present.ts'
import { loanBookOf } from './portfolio.loans.ts'

type Filters = Params<typeof contract.directory>

/** The public projects that are open and pass the filters, by key. AMOUNT_INVALID for an amount that no currency of them holds. */
export async function directoryOf(financing: Financing, filters: Filters): Promise<Connection<contract.DirectoryProject>> {
  const { first, after } = filters
  const passing = [...openProjects(financing)].filter(({ state }) => passes(state, filters))
  const rest = after === undefined ? passing : passing.filter(({ state }) => state.key > after)
  const rows = await Promise.all(rest.slice(0, first).map(async (current) => ({ key: current.state.key, value: await presentEntry(financing, current) })))
  return connectionOfList({ rows, total: passing.length, more: rest.length > first })
}

function* openProjects({ books }: Financing): Generator<Current<ProjectState>> {
  let after: string | undefined
  for (;;) {
    const { rows, more } = books.listProjects({ public: true, status: 'ACTIVATED' }, { first: 200, after })
    for (const { value } of rows) yield value
    after = rows.at(-1)?.key
    if (!more) return
  }
}

function passes(state: ProjectState, { words, currency, organization, fundingType, minRate, invests, endsBy, openOnly }: Filters): boolean {
  if (currency !== undefined && state.currency.code !== currency) return false
  if (organization !== undefined && state.organizationId !== organization) return false
  if (endsBy !== undefined && state.endDate > endsBy) return false
  if (openOnly && state.isInviteOnly) return false
  const said = fold(`${state.name} ${state.description}`)
  if (words !== undefined && !fold(words).split(/\s+/).every((word) => said.includes(word))) return false
  if (fundingType === undefined && minRate === undefined && invests === undefined) return true
  // All that is asked of a source must hold for the same one.
  const sum = invests === undefined ? undefined : positiveOf(invests, state.currency, 'invests')
  return state.funding.some((source) =>
    source.status === 'ACTIVE' &&
    (fundingType === undefined || source.type === fundingType) &&
    (minRate === undefined || compareRatios(parseDecimal(source.interestRate), parseDecimal(minRate)) >= 0) &&
    (sum === undefined || (sum.amount >= source.minAmount.amount && sum.amount <= source.maxAmount.amount)))
}

/** Without case and accents: who looks for «cafe» finds «Café». */
const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

async function presentEntry(financing: Financing, { state, seq }: Current<ProjectState>): Promise<contract.DirectoryProject> {
  const { books, portfolio } = financing
  const position = books.position(state)
  const { name: organizationName } = await organizationOf(financing, state.organizationId)
  const shown = presentProject(state, position, seq)
  const { key, organization, name, description, isInviteOnly, profileUrl, bannerUrl, startDate, endDate, currency, amount, loans, funding, seniorCapital, juniorCapital, loanCount } = shown
  return {
    key, organization, organizationName, name, description, isInviteOnly, profileUrl, bannerUrl, startDate, endDate, currency, amount,
    terms: loans,
    funding,
    seniorCapital,
    juniorCapital,
    room: decimalOrZero(roomOf(state, position), state.currency),
    loanCount,
    loans: loanBookOf(portfolio, state, position, await today(financing, state.organizationId)),
  }
}

/** The senior capital that the leverage leaves room for: junior × factor, to the unit below, less what is there. */
function roomOf(state: ProjectState, { senior, junior }: ProjectPosition): Amount {
  const factor = leverageOf(state)
  const none = zero(state.currency.code)
  return factor ? maximum(subtract(times(junior, factor, 'FLOOR'), senior), none) : none
}
