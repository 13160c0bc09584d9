import { callingUser, type ActionContext } from '@growr/bus'
import { loan as loans, payment as contract, Refusal, type Params, type Result } from '@growr/contracts'
import { createResolver, CredentialError, verifyDocument } from '@growr/credentials'
import type { PaymentAdded, PaymentState } from '@growr/lending'
import { currencyOf } from '@growr/money'
import { positiveOf } from '@growr/service'
import type { ListDoc } from '../mobile/mobile.collections.ts'
import { addedAndConfirmed } from '../payment/payment.confirm.ts'
import { requireTaking } from '../payment/payment.repay.ts'
import { floatOf, today, type Payments } from '../payments.ts'
import { DOCUMENT } from './collecting.list.ts'
import { isCode } from './collecting.verifier.ts'

type HandIn = Params<typeof contract.handInCollections>
type Receipt = HandIn['receipts'][number]
type Answer = Result<typeof contract.handInCollections>

/** After so many wrong codes for a due, none counts any more: somebody tries. */
const MOST_WRONG = 5
const RESOLVER = createResolver()

/** The list that a hand-in speaks of: signed by this node, not too old, and still known. COLLECTION_INVALID. */
export async function listOf({ lists, listSigner, clock }: Payments, jws: string): Promise<ListDoc> {
  try {
    const { payload } = await verifyDocument(DOCUMENT, jws, { resolver: RESOLVER, now: clock.now(), signedBy: listSigner.did })
    const found = await lists.get(String(payload['id']))
    if (found) return found.doc
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
  }
  throw new Refusal('COLLECTION_INVALID', { path: 'list' })
}

/**
 * Books what an agent collected without a connection. Each receipt has a name that the device gave it, and is booked once under it, in
 * whatever order and however often it comes; what cannot be booked is listed with its reason. COLLECTION_INVALID, FORBIDDEN (another
 * agent's list).
 */
export async function handInCollections(payments: Payments, { receipts }: HandIn, list: ListDoc, context: ActionContext): Promise<Answer> {
  const { role, userId } = callingUser(context)
  if (role === 'ORIGINATOR_AGENT' && list.agent !== userId) throw new Refusal('FORBIDDEN', { path: 'list' })
  const booked: Answer['booked'] = []
  const conflicts: Answer['conflicts'] = []
  for (const receipt of receipts) {
    try {
      booked.push({ receipt: receipt.receipt, loan: receipt.loan, ...(await handIn(payments, receipt, list, context)) })
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === 'UNAVAILABLE' || error.kind === 'INTERNAL') throw error
      conflicts.push({ receipt: receipt.receipt, loan: receipt.loan, reason: error.code })
    }
  }
  return { booked, conflicts }
}

/** What was handed in under this name before must be the same. REQUEST_ID_REUSED. */
function requireSame(state: PaymentState, { loan, amount, on }: Receipt): void {
  const same = state.loanKey === loan && state.valueDate === on && positiveOf(amount, state.currency, 'amount').amount === state.amount.amount
  if (!same) throw new Refusal('REQUEST_ID_REUSED', { path: 'receipt' })
}

async function handIn(payments: Payments, receipt: Receipt, list: ListDoc, context: ActionContext): Promise<{ payment: string; repeated: boolean }> {
  const { books, keyOf } = payments
  const { organization, agent } = list
  const key = keyOf('C', list.id, receipt.receipt)
  const earlier = books.find(key)
  if (earlier) {
    requireSame(earlier.state, receipt)
    return { payment: key, repeated: true }
  }
  if (!list.dues.some(({ loan }) => loan === receipt.loan)) throw new Refusal('NOT_FOUND', { path: 'loan' })
  const bookingDate = await today(payments, organization)
  if (receipt.on < list.on || receipt.on > bookingDate || receipt.on > list.validUntil.slice(0, 10)) throw new Refusal('VALUE_DATE', { path: 'on' })
  const loan = await context.as().call(loans.findByKey, { key: receipt.loan })
  const currency = currencyOf(loan.currency)
  const amount = positiveOf(receipt.amount, currency, 'amount')
  await spendCode(payments, list.id, receipt)
  const to = await floatOf(payments, organization, agent)
  const data: PaymentAdded = {
    key, amount, currency, kind: 'REPAYMENT', organizationId: organization, projectKey: loan.project, loanKey: loan.key, fundingKey: null, from: null, to, valueDate: receipt.on, bookingDate,
  }
  const authority = { caller: context.caller, action: contract.handInCollections.name, requestId: key, params: { loan: loan.key, amount: receipt.amount, on: receipt.on } }
  const written = await books.once({ organization, project: loan.project }, authority, async () => {
    if (books.find(key)) return null
    await requireTaking(await context.as().call(loans.findByKey, { key: receipt.loan }), context)
    const subject = { ...(loan.borrowerUser ? { userId: loan.borrowerUser } : {}), agentId: agent }
    return { key, current: null, events: addedAndConfirmed(data, subject), person: loan.borrowerUser ?? `organization:${organization}` }
  })
  if (written === null) requireSame(books.require(key).state, receipt)
  return { payment: key, repeated: written === null || written.repeated }
}

/**
 * The borrower's code counts for one receipt of the list, the one that it was first handed in with. LOCKED (too many wrong ones),
 * CODE_WRONG, CODE_SPENT.
 */
async function spendCode({ lists }: Payments, id: string, { receipt, loan, code }: Receipt): Promise<void> {
  const dueOf = (doc: ListDoc) => doc.dues.find((due) => due.loan === loan)
  const due = dueOf((await lists.get(id))?.doc ?? ({ dues: [] as ListDoc['dues'] } as ListDoc))
  if (!due) throw new Refusal('NOT_FOUND', { path: 'loan' })
  if (due.wrong >= MOST_WRONG) throw new Refusal('LOCKED', { path: 'code' })
  const right = await isCode(code, due)
  let spentOn: string | null = null
  let locked = false
  // Counted before the answer, so that many tries at once are as many tries.
  const next = (now: ListDoc): ListDoc => {
    const current = dueOf(now)
    spentOn = current?.spentOn ?? null
    locked = (current?.wrong ?? 0) >= MOST_WRONG
    const change = (each: ListDoc['dues'][number]) => (each.loan !== loan || locked ? each : right ? { ...each, spentOn: each.spentOn ?? receipt } : { ...each, wrong: each.wrong + 1 })
    return { ...now, dues: now.dues.map(change) }
  }
  await lists.update(id, next)
  // Others tried meanwhile: what comes out now says nothing of whether it was right.
  if (locked) throw new Refusal('LOCKED', { path: 'code' })
  if (!right) throw new Refusal('CODE_WRONG', { path: 'code' })
  if (spentOn !== null && spentOn !== receipt) throw new Refusal('CODE_SPENT', { path: 'code' })
}
