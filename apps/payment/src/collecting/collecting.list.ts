import { callingUser, type ActionContext } from '@growr/bus'
import { loan as loans, payment as contract, user as users, type Params, type Result } from '@growr/contracts'
import { signDocument } from '@growr/credentials'
import type { ListDoc } from '../mobile/mobile.collections.ts'
import { told } from '../payment/payment.followers.ts'
import { today, type Payments } from '../payments.ts'
import { COST, newCode } from './collecting.verifier.ts'

type List = Result<typeof contract.collectionList>
type Due = Result<typeof loans.dueList>['edges'][number]['node']

/** How long a list may be collected by. */
const VALID_MS = 7 * 86_400_000
/** How long after that its receipts may still be handed in. */
export const HAND_IN_MS = 30 * 86_400_000

export const DOCUMENT = 'collection-list'

/** The dues of the day, of one project or of all, and of the loans that are asked for: at most as many as one list holds. */
async function duesOf({ organization, project, loans: wanted }: Params<typeof contract.collectionList>, on: string, context: ActionContext): Promise<Due[]> {
  const dues: Due[] = []
  for (let after: string | undefined; dues.length < contract.LIST_DUES;) {
    const page = await context.as().call(loans.dueList, { organization, on, first: 200, ...(project === undefined ? {} : { project }), ...(after === undefined ? {} : { after }) })
    for (const { node } of page.edges) if (wanted === undefined || wanted.includes(node.loan)) dues.push(node)
    after = page.pageInfo.endCursor ?? undefined
    if (!page.pageInfo.hasNextPage || after === undefined) break
  }
  return dues.slice(0, contract.LIST_DUES)
}

/** Of the same request, the same list: its codes were sent, and are not known here any more. */
async function known({ lists }: Payments, id: string): Promise<List | null> {
  const found = (await lists.get(id))?.doc
  return found ? shown(found) : null
}

function shown({ id, organization, agent, on, validUntil, list }: ListDoc): List {
  const payload = JSON.parse(Buffer.from(list.jws.split('.')[1] ?? '', 'base64url').toString()) as { document: { dues: List['dues'] } }
  return { id, organization, agent, on, validUntil, dues: payload.document.dues, list }
}

/**
 * A list of the day's dues for an agent to take along. Each borrower is sent a code of her own, which counts once, for this list; the
 * list carries by what the code is known, and the node's signature, so that a device can check both without a connection.
 */
export async function collectionList(payments: Payments, params: Params<typeof contract.collectionList>, context: ActionContext): Promise<List> {
  const { lists, bus, clock, newId, keyOf, listSigner } = payments
  const { organization } = params
  const { userId: agent } = callingUser(context)
  const id = context.requestId === undefined ? newId() : keyOf('C', 'list', organization, agent, context.requestId)
  const earlier = await known(payments, id)
  if (earlier) return earlier
  const on = await today(payments, organization)
  const now = clock.now()
  const validUntil = new Date(now.getTime() + VALID_MS)
  const dues: List['dues'] = []
  const kept: ListDoc['dues'] = []
  for (const due of await duesOf(params, on, context)) {
    const made = due.borrowerUser === null ? null : await newCode()
    if (made && due.borrowerUser !== null) {
      const values = { amount: `${due.due} ${due.currency}`, code: made.code, date: on }
      const user = due.borrowerUser
      // Sent before the list is kept: on a list that exists every borrower has heard of her code.
      await told(payments, 'collectionCode', () => bus.call(users.notify, { user, template: 'collectionCode', values }, { as: { service: 'payment' }, requestId: `collection:${newId()}` }))
      kept.push({ loan: due.loan, salt: made.salt, hash: made.hash, wrong: 0, spentOn: null })
    }
    const name = due.borrowerUser === null ? '' : (await context.as().call(users.findById, { id: due.borrowerUser })).name ?? ''
    dues.push({
      loan: due.loan, project: due.project, borrower: name, currency: due.currency, due: due.due, dueDate: due.dueDate,
      verifier: made && { algorithm: 'scrypt', ...COST, salt: made.salt, hash: made.hash },
    })
  }
  const document = { id, organization, agent, on, validUntil: validUntil.toISOString(), dues }
  const jws = await signDocument(DOCUMENT, document, listSigner, { now, validUntil: new Date(validUntil.getTime() + HAND_IN_MS) })
  const doc: ListDoc = {
    id, organization, agent, on, validUntil: document.validUntil, dues: kept, list: { type: 'CollectionList', signer: listSigner.did, jws },
    expiresAt: new Date(validUntil.getTime() + 2 * HAND_IN_MS).toISOString(),
  }
  await lists.insert(doc)
  return shown(doc)
}
