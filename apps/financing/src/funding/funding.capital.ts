import { capitalPosition, type CapitalPosition, type ContractFacts, type FundingState, type ProjectState } from '@growr/lending'
import { amountOfIntent, type IntentDoc } from '../investor/investor.collections.ts'
import type { Financing } from '../financing.ts'

/** The transfers of an investor's contract, in the order in which they were registered. */
export const transfersOf = ({ books }: Pick<Financing, 'books'>, { id, project }: Pick<IntentDoc, 'id' | 'project'>): FundingState[] =>
  books.fundingsOf(project).filter((transfer) => transfer.contractKey === id)

/** The percent a year that the contract's capital earns: what its transfers say, before them what its source does. */
export const rateOf = ({ source }: Pick<IntentDoc, 'source'>, project: ProjectState, transfers: readonly FundingState[]): string =>
  transfers[0]?.interestRate ?? project.funding.find(({ id }) => id === source)?.interestRate ?? '0'

/** An investor's contract as the domain decides on it. */
export function factsOf(financing: Pick<Financing, 'books'>, doc: IntentDoc, project: ProjectState): ContractFacts {
  const { code } = project.currency
  const { funded } = capitalPosition(code, transfersOf(financing, doc), '0', project.startDate)
  return { contractKey: doc.id, sourceId: doc.source ?? '', committed: amountOfIntent(doc, code), funded }
}

/** What a contract's capital has come to by a day. A share-out fixed the yield, so nothing is earned after it. */
export function capitalOf(financing: Pick<Financing, 'books'>, doc: IntentDoc, project: ProjectState, asOf: string): CapitalPosition {
  const transfers = transfersOf(financing, doc)
  const { distribution } = project
  const through = distribution && distribution.on < asOf ? distribution.on : asOf
  return capitalPosition(project.currency.code, transfers, rateOf(doc, project, transfers), through)
}
