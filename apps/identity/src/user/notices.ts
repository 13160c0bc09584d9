import { createHash } from 'node:crypto'
import type { ActionContext } from '@growr/bus'
import type { RequestRef, WaitingEvent } from '@growr/collections'
import { Refusal, user as contract, type Params } from '@growr/contracts'
import { every } from '@growr/service'
import { isTemplate, type Values } from '../common/messages.ts'
import type { Kit } from '../kit.ts'
import type { UserDoc } from './user.collections.ts'

const KEPT = 30 * 86_400_000

/** Lets a message wait for its delivery under an id that the request gives: repeated, it finds itself. */
async function remember(kit: Kit, id: string, user: string, template: string, values: Values, request: RequestRef | undefined): Promise<void> {
  if ((await kit.notices.get(id)) !== null) return
  const expiresAt = new Date(kit.real.now().getTime() + KEPT).toISOString()
  await kit.notices.insert({ id, expiresAt }, { pending: [{ type: 'user.notice', data: { user, template, values: { ...values } } }], ...(request && { request }) })
}

const idOf = (kit: Kit, request: RequestRef | undefined, user: string): string =>
  request === undefined ? kit.newId() : createHash('sha256').update(`${request.caller}\n${request.action}\n${request.requestId}\n${user}`).digest('hex')

/** Sends a message to a user, once for each request id. NOT_FOUND. */
export async function notify(kit: Kit, params: Params<typeof contract.notify>, context: ActionContext): Promise<{ ok: true }> {
  const { user, did, template, values } = params
  if (!isTemplate(template)) throw new Refusal('BAD_INPUT', { path: 'template' })
  if ((user === undefined) === (did === undefined)) throw new Refusal('BAD_INPUT', { path: 'user' })
  const found = user === undefined ? await kit.users.findOne('did', did ?? '') : await kit.users.get(user)
  if (found === null) throw new Refusal('NOT_FOUND', { path: user === undefined ? 'did' : 'user' })
  const request = kit.requestRef(contract.notify, params, context)
  const id = idOf(kit, request, found.id)
  await kit.turns.run(`notice:${id}`, () => remember(kit, id, found.id, template, values, request))
  kit.outbox.wake()
  return { ok: true }
}

/** Sends a message to each admin of an organization who is active. */
export async function notifyOrganization(kit: Kit, params: Params<typeof contract.notifyOrganization>, context: ActionContext): Promise<{ ok: true }> {
  const { organization, template, values } = params
  if (!isTemplate(template)) throw new Refusal('BAD_INPUT', { path: 'template' })
  const request = kit.requestRef(contract.notifyOrganization, params, context)
  const id = request === undefined ? kit.newId() : `${request.caller}\n${request.action}\n${request.requestId}`
  await tellAdmins(kit, { id, organization, template, values })
  return { ok: true }
}

interface ToAdmins {
  /** With an id that was there before, nothing is sent. */
  readonly id: string
  readonly organization: string
  readonly template: string
  readonly values: Values
}

/** The same from inside the group. */
export async function tellAdmins(kit: Kit, { id, organization, template, values }: ToAdmins): Promise<void> {
  for await (const user of every(kit.users, { places: `${organization}/ORIGINATOR_ADMIN` })) {
    const active = !user.suspended && user.memberships.some((held) => held.organization === organization && held.type === 'ORIGINATOR_ADMIN' && held.status === 'ACTIVE')
    if (!active) continue
    // Several records come of one request, so each is known by its own id instead of the request.
    const notice = createHash('sha256').update(`${id}\n${user.id}`).digest('hex')
    await kit.turns.run(`notice:${notice}`, () => remember(kit, notice, user.id, template, values, undefined))
  }
  kit.outbox.wake()
}

/** By the way the person is reached when the message leaves; one who is gone by then gets none. */
export async function deliverNotice(kit: Kit, event: WaitingEvent): Promise<void> {
  const { user, template, values } = event.data as { user: string; template: string; values: Values }
  const found = await kit.users.get(user)
  if (found === null) return
  const contact = contactOf(found.doc)
  if (contact === undefined) return
  await kit.deliver({ id: event.id, contact, language: found.doc.language, template, values })
}

function contactOf({ phone, email }: UserDoc): { phone: string } | { email: string } | undefined {
  if (phone !== undefined) return { phone }
  return email === undefined ? undefined : { email }
}
