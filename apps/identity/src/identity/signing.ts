import { callingUser, type ActionContext } from '@growr/bus'
import { funding, identity as contract, investor, loan as loans, organization as organizations, project as projects, Refusal, type Cause, type Params, type Result } from '@growr/contracts'
import { signDocument } from '@growr/credentials'
import { canonical } from '@growr/service'
import type { Kit } from '../kit.ts'
import { walletOf, walletSigner } from './record.ts'

type Signed = Result<typeof contract.signContract>
type Document = Params<typeof contract.signForOrganization>['document']

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

/** Signs a loan's contract with the borrower's key: the one that the Loan service shows her, read anew, and nothing else. */
export async function signContract(kit: Kit, { loan, document }: Params<typeof contract.signContract>, context: ActionContext): Promise<Signed> {
  const user = callingUser(context)
  if (user.role !== 'BORROWER') throw new Refusal('FORBIDDEN')
  const wallet = await walletOf(kit, { user: user.userId })
  const read = await context.call(loans.getContract, { loan })
  if (!same(read.document, document)) throw new Refusal('CONTRACT_CHANGED', { path: 'document' })
  return { type: 'LoanContract', signer: wallet.did, jws: await signDocument('loan-contract', document, walletSigner(kit, wallet), { now: kit.clock.now() }) }
}

const typeNames = { FundingReceipt: 'funding-receipt', InvestorContract: 'investor-contract', RepaymentReceipt: 'repayment-receipt' } as const

/** Signs a typed document in an organization's name, once it has read where the document comes from. */
export async function signForOrganization(kit: Kit, params: Params<typeof contract.signForOrganization>, context: ActionContext): Promise<Signed> {
  const { organization, type, document } = params
  if (type === 'InvestorContract') await requireAcceptedContract(organization, document, context)
  else if (context.through?.cause) await requireEntry(kit, context.through.cause, organization, document)
  else await requireTransfer(organization, document, context)
  const { did } = await context.as().call(organizations.findById, { id: organization })
  const signer = kit.dids.organization(organization, did)
  return { type, signer: did, jws: await signDocument(typeNames[type], document, signer, { now: kit.clock.now() }) }
}

/** The contract as the investor has it before her, with her acceptance of exactly that. */
async function requireAcceptedContract(organization: string, document: Document, context: ActionContext): Promise<void> {
  const user = callingUser(context)
  const { acceptance, ...contents } = document
  const { digest, by } = (typeof acceptance === 'object' && acceptance !== null ? acceptance : {}) as { digest?: unknown; by?: unknown }
  const intent = contents['intent']
  if (typeof intent !== 'string') throw new Refusal('BAD_INPUT', { path: 'document.intent' })
  const read = await context.call(investor.getContract, { intent })
  const found = await context.call(investor.findIntent, { intent })
  if (found.organization !== organization || by !== user.userId) throw new Refusal('FORBIDDEN')
  if (digest !== read.digest || !same(read.document, contents)) throw new Refusal('CONTRACT_CHANGED', { path: 'document' })
}

/** The entry that is the cause: of this organization, and the one of which the document speaks. */
async function requireEntry(kit: Kit, cause: Cause, organization: string, document: Document): Promise<void> {
  if (cause.organization !== organization) throw new Refusal('FORBIDDEN', { path: 'cause' })
  const feed = cause.group === 'payment' ? projects.paymentEntries : projects.entries
  const [entry] = await kit.bus.call(feed, { organization, book: cause.book, after: cause.seq - 1, limit: 1 }, { as: { service: 'identity' } })
  const speaksOfIt = Object.values(document).some((value) => value === cause.key)
  if (entry === undefined || entry.seq !== cause.seq || entry.key !== cause.key || !speaksOfIt) throw new Refusal('FORBIDDEN', { path: 'cause' })
}

/** The transfer that the document names, as the one who acts may see it. */
async function requireTransfer(organization: string, document: Document, context: ActionContext): Promise<void> {
  const key = document['funding'] ?? document['key']
  if (typeof key !== 'string') throw new Refusal('BAD_INPUT', { path: 'document.funding' })
  const transfer = await context.call(funding.findByKey, { key })
  if (transfer.organization !== organization || document['amount'] !== transfer.amount) throw new Refusal('FORBIDDEN', { path: 'document' })
}
