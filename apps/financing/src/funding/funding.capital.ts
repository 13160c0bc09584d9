import { capitalPosition, type CapitalPosition, type FundingState, type ProjectState } from '@growr/lending'
import type { IntentDoc } from '../investor/investor.collections.ts'
import type { Financing } from '../financing.ts'

/** The transfers of an investor's contract, in the order in which they were registered. */
export const transfersOf = ({ books }: Pick<Financing, 'books'>, { id, project }: Pick<IntentDoc, 'id' | 'project'>): FundingState[] =>
  books.fundingsOf(project).filter((transfer) => transfer.contractKey === id)

/** The percent a year that the contract's capital earns: what its transfers say, before them what its source does. */
export const rateOf = ({ source }: Pick<IntentDoc, 'source'>, project: ProjectState, transfers: readonly FundingState[]): string =>
  transfers[0]?.interestRate ?? project.funding.find(({ id }) => id === source)?.interestRate ?? '0'

/** What a contract's capital has come to by a day. A share-out fixed the yield, so nothing is earned after it. */
export function capitalOf(financing: Pick<Financing, 'books'>, doc: IntentDoc, project: ProjectState, asOf: string): CapitalPosition {
  const transfers = transfersOf(financing, doc)
  const { distribution } = project
  const through = distribution && distribution.on < asOf ? distribution.on : asOf
  return capitalPosition(project.currency.code, transfers, rateOf(doc, project, transfers), through)
}
