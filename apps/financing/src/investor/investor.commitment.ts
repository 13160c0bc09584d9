import { callingUser, type ActionContext } from '@growr/bus'
import type { Written } from '@growr/collections'
import { investor as contract, identity, Refusal, type Params } from '@growr/contracts'
import { checkCommitment } from '@growr/lending'
import { digestOf, positiveOf, throwRefused } from '@growr/service'
import { type Financing, organizationOf } from '../financing.ts'
import { keepContract } from '../loan/loan.sign.ts'
import { amountOfIntent, type ContractDoc, type IntentDoc } from './investor.collections.ts'
import { investorContract } from './investor.contract.ts'
import type { Intents } from './investor.intents.ts'

/** The investor commits an amount to a funding source. FUNDING_SOURCE, FUNDING_BELOW_MINIMUM, FUNDING_ABOVE_MAXIMUM, INTENT_STATUS, PROJECT_STATUS. */
export async function acceptInvitation({ books }: Financing, intents: Intents, params: Params<typeof contract.acceptInvitation>, context: ActionContext): Promise<Written<IntentDoc>> {
  const asked = { contract: contract.acceptInvitation, params, context }
  const earlier = await intents.repeated(params.intent, asked)
  if (earlier) return earlier
  const { project } = await intents.require(params.intent)
  intents.requireOpen(project)
  const { state } = books.requireProject(project)
  const amount = positiveOf(params.amount, state.currency, 'amount')
  const source = state.funding.find(({ id, status }) => status === 'ACTIVE' && (params.source === undefined || id === params.source))
  if (!source) throw new Refusal('FUNDING_SOURCE', { path: 'source' })
  throwRefused(checkCommitment(state, source.id, amount))
  const committed = { status: 'CONFIRMED', source: source.id, amount: amount.amount.toString(), walletAddress: params.walletAddress ?? null } as const
  return intents.move(params.intent, ['INVITED', 'CONFIRMED'], () => committed, 'investor.confirmed', asked)
}

type Contents = Pick<ContractDoc, 'digest' | 'document' | 'signatures'>

/** An intent's contract: as it was signed, or drawn anew from what is committed now. INTENT_STATUS before anything is. */
export async function contractOf(financing: Financing, intent: IntentDoc): Promise<Contents> {
  const { books, contracts } = financing
  const kept = intent.status === 'SIGNED' ? await contracts.get(intent.id) : null
  if (kept) return kept.doc
  const { state } = books.requireProject(intent.project)
  const source = state.funding.find(({ id }) => id === intent.source)
  if (intent.amount === null || !source) throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status: intent.status } })
  const document = investorContract(intent, amountOfIntent(intent, state.currency.code), source, state, await organizationOf(financing, intent.organization))
  return { digest: digestOf(document), document, signatures: [] }
}

/**
 * The investor signs what was read: by what a session proves (who, when, and the digest), and the organization's key binds it.
 * CONTRACT_CHANGED, INTENT_STATUS, PROJECT_STATUS.
 */
export async function signContract(financing: Financing, intents: Intents, params: Params<typeof contract.signContract>, context: ActionContext): Promise<Written<IntentDoc>> {
  const asked = { contract: contract.signContract, params, context }
  const earlier = await intents.repeated(params.intent, asked)
  if (earlier) return earlier
  const intent = await intents.require(params.intent)
  if (intent.status !== 'CONFIRMED') throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status: intent.status } })
  intents.requireOpen(intent.project)
  const drawn = await contractOf(financing, intent)
  if (drawn.digest !== params.digest) throw new Refusal('CONTRACT_CHANGED', { path: 'digest' })
  const acceptance = { digest: drawn.digest, by: callingUser(context).userId, at: financing.clock.now().toISOString() }
  const document: Params<typeof identity.signForOrganization>['document'] = { ...(drawn.document as Record<string, never>), acceptance }
  const signature = await context.call(identity.signForOrganization, { organization: intent.organization, type: 'InvestorContract', document })
  return financing.books.inTurn(`contract:${intent.id}`, async () => {
    const now = await intents.require(intent.id)
    // Signed by another call in the meantime: what that one kept stays.
    if (now.status === 'CONFIRMED') await keepContract(financing, { id: intent.id, kind: 'INVESTOR', digest: drawn.digest, document: drawn.document, signatures: [signature] })
    return intents.move(intent.id, ['CONFIRMED'], (doc) => {
      if (doc.amount !== intent.amount || doc.source !== intent.source || doc.walletAddress !== intent.walletAddress) throw new Refusal('CONTRACT_CHANGED', { path: 'digest' })
      return { status: 'SIGNED' }
    }, 'investor.signed', asked)
  })
}
