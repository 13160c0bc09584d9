import { callingUser, type ActionContext } from '@growr/bus'
import type { Json } from '@growr/collections'
import { identity, loan as contract, Refusal, type Params } from '@growr/contracts'
import { decideLoan, type LoanState } from '@growr/lending'
import { digestOf, eventsOf } from '@growr/service'
import { borrowerOf } from '../books/persons.ts'
import { type Financing, organizationOf, today } from '../financing.ts'
import type { ContractDoc } from '../investor/investor.collections.ts'
import { loanContract } from './loan.contract.ts'
import { factsOfLoan } from './loan.key-facts.ts'
import { presentLoan, requiresKeyFacts } from './loan.present.ts'

type Contract = Pick<ContractDoc, 'digest' | 'document' | 'signatures'>

/**
 * A loan's contract. What was signed is kept; it counts only if the loan's entry names its digest, since it is written before the
 * entry and the node may have stopped in between. Until then the contract is drawn anew each time.
 */
export async function contractOf(financing: Financing, loan: LoanState): Promise<Contract> {
  if (loan.contractDigest !== null) {
    const kept = await financing.contracts.get(loan.key)
    if (kept?.doc.digest === loan.contractDigest) return { digest: kept.doc.digest, document: kept.doc.document, signatures: kept.doc.signatures }
  }
  const document = loanContract(loan, financing.books.requireProject(loan.projectKey).state, await organizationOf(financing, loan.organizationId))
  return { digest: digestOf(document), document, signatures: [] }
}

/** The borrower signs what was read. CONTRACT_CHANGED where that is not the contract, KEY_FACTS_UNREAD, LOAN_STATUS, OFFER_LAPSED. */
export async function signLoan(financing: Financing, { loan: key, digest, keyFacts }: Params<typeof contract.signLoan>, context: ActionContext) {
  const { books } = financing
  callingUser(context)
  const { state } = books.requireLoan(key)
  const { organizationId: organization, projectKey: project } = state
  const authority = { caller: context.caller, action: contract.signLoan.name, requestId: context.requestId, params: { loan: key, digest: digest ?? null, ...(keyFacts === undefined ? {} : { keyFacts }) } }
  const earlier = await books.answered('loan', organization, authority)
  if (earlier) return presentLoan(earlier.state, earlier.seq)
  const on = await today(financing, organization)
  const drawn = await contractOf(financing, state)
  if (digest !== undefined && digest !== drawn.digest) throw new Refusal('CONTRACT_CHANGED', { path: 'digest' })
  // Only who was shown the statement, as it is now, has its digest.
  if (state.status === 'APPROVED' && (keyFacts === undefined ? requiresKeyFacts(state.terms) : keyFacts !== factsOfLoan(state).digest)) throw new Refusal('KEY_FACTS_UNREAD', { path: 'keyFacts' })
  // Refused before the key is used: an entry that cannot follow needs no signature.
  eventsOf(decideLoan(state, { type: 'sign', on, contractDigest: drawn.digest }))
  const signature = await context.call(identity.signContract, { loan: key, document: drawn.document as Record<string, never> })
  const written = await books.once('loan', { organization, project }, authority, async () => {
    const current = books.requireLoan(key)
    const events = eventsOf(decideLoan(current.state, { type: 'sign', on, contractDigest: drawn.digest }))
    await keepContract(financing, { id: key, kind: 'LOAN', digest: drawn.digest, document: drawn.document, signatures: [signature] })
    return { current, events, person: borrowerOf(current.state) }
  })
  return presentLoan(written.state, written.seq)
}

/** Keeps what was signed, in the place of what an earlier attempt left. */
export async function keepContract({ contracts }: Financing, signed: ContractDoc & { document: { [key: string]: Json } }): Promise<void> {
  if (await contracts.get(signed.id)) await contracts.update(signed.id, () => signed)
  else await contracts.insert(signed)
}
