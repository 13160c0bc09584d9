import { createHash } from 'node:crypto'
import { callerScope, callingUser, defineService, type ActionContext, type Service } from '@growr/bus'
import { CollectionError, type Stored } from '@growr/collections'
import { organization as contract, identity, Refusal, user as users, type Params, type Result } from '@growr/contracts'
import { action, connectionOf } from '@growr/service'
import type { Kit } from '../kit.ts'
import { webhookActions } from '../webhook/webhook.service.ts'
import { answerComplaint, closeComplaint, complain, complaintScope, findComplaints, show as showComplaint, takeComplaint } from './complaints.ts'
import { importMembers } from './member-import.ts'
import { nameKeyOf, type OrganizationDoc } from './organization.collections.ts'
import { systemOf } from './system.ts'

type View = Result<typeof contract.findById>

const show = ({ id, name, did, timezone, language, connector, scoring, createdAt }: OrganizationDoc): View => ({
  id, name, did, timezone, language, connected: connector !== null, scoring: Boolean(scoring), createdAt,
})

/** Organizations, their members by invitation, and the connection to an originator's own system. */
export function organizationService(kit: Kit): Service {
  const { organizations } = kit

  const requireOrganization = async (id: string): Promise<Stored<OrganizationDoc>> => {
    const found = await organizations.get(id)
    if (found === null) throw new Refusal('NOT_FOUND', { path: 'organization' })
    return found
  }

  /**
   * The DID comes first and under an id that the request gives: a call that broke off and is repeated finds its own key,
   * and an organization without a DID never shows.
   */
  const create = async (params: Params<typeof contract.createOrganization>, context: ActionContext): Promise<View> => {
    const nameKey = nameKeyOf(params.name)
    if (nameKey === '') throw new Refusal('BAD_INPUT', { path: 'name' })
    const request = kit.requestRef(contract.createOrganization, params, context)
    const taken = await organizations.findOne('nameKey', nameKey)
    if (taken !== null && request === undefined) throw new Refusal('ORGANIZATION_EXISTS', { path: 'name' })
    const id = request === undefined ? kit.newId() : idFor(`${request.caller}\n${request.requestId}\n${request.paramsDigest}`)
    const { did } = await context.call(identity.createOrganizationDid, { organization: id })
    const doc: OrganizationDoc = { id, name: params.name, nameKey, did, timezone: params.timezone, language: params.language, connector: null, createdAt: kit.clock.now().toISOString() }
    const invitation = { name: params.adminName, email: params.adminEmail }
    const written = await organizations
      .insert(doc, { ...(request && { request }), pending: [{ type: 'organization.admin', data: { organization: id, ...invitation } }] })
      .catch((error: unknown) => {
        const same = error instanceof CollectionError && error.code === 'DUPLICATE'
        throw same ? new Refusal('ORGANIZATION_EXISTS', { path: 'name', cause: error }) : error
      })
    kit.outbox.wake()
    return show(written.doc)
  }

  const addMember = async (params: Params<typeof contract.addMember>, context: ActionContext): Promise<Result<typeof contract.addMember>> => {
    const { doc } = await requireOrganization(params.organization)
    const { caller } = context
    if (caller.kind === 'user' && caller.role === 'ORIGINATOR_AGENT' && params.type !== 'BORROWER') throw new Refusal('FORBIDDEN', { path: 'type' })
    const { organization, type, name, language = doc.language, email, phone } = params
    return context.call(users.addUser, { organization, organizationName: doc.name, type, name, language, email, phone }, { requestId: context.requestId })
  }

  return defineService({
    name: 'organization',
    actions: [
      ...webhookActions(kit),
      action(contract.createOrganization, { handle: create }),
      action(contract.findById, {
        scope: ({ id }) => ({ organization: id }),
        handle: async ({ id }) => show((await requireOrganization(id)).doc),
      }),
      action(contract.findByUser, {
        scope: ({ user }) => ({ owners: [user] }),
        handle: async ({ user }, context) => {
          const { memberships } = await context.as().call(users.findById, { id: user })
          const ids = [...new Set(memberships.flatMap(({ organization }) => organization ?? []))]
          const found = await Promise.all(ids.map((id) => organizations.get(id)))
          return found.flatMap((each) => (each === null ? [] : [show(each.doc)]))
        },
      }),
      action(contract.list, { handle: ({ first, after }) => connectionOf(organizations, {}, { first, after }, show) }),
      action(contract.addMember, { scope: ({ organization }) => ({ organization }), handle: addMember }),
      action(contract.setConnector, {
        scope: ({ organization }) => ({ organization }),
        handle: async (params, context) => {
          callingUser(context)
          await requireOrganization(params.organization)
          const connector = systemOf(kit, params)
          const request = kit.requestRef(contract.setConnector, params, context)
          return show((await organizations.update(params.organization, (doc) => ({ ...doc, connector }), request && { request })).doc)
        },
      }),
      action(contract.setScoring, {
        scope: ({ organization }) => ({ organization }),
        handle: async (params, context) => {
          callingUser(context)
          await requireOrganization(params.organization)
          const scoring = systemOf(kit, params)
          const request = kit.requestRef(contract.setScoring, params, context)
          return show((await organizations.update(params.organization, (doc) => ({ ...doc, scoring }), request && { request })).doc)
        },
      }),
      action(contract.importMembers, {
        scope: ({ organization }) => ({ organization }),
        handle: async (params, context) => importMembers(kit, (await requireOrganization(params.organization)).doc, params, context),
      }),
      action(contract.complain, { scope: callerScope, handle: (params, context) => complain(kit, params, context) }),
      action(contract.findComplaints, {
        scope: ({ organization }, context) => ({ ...callerScope({}, context), ...(organization === undefined ? {} : { organization }) }),
        handle: (params, context) => findComplaints(kit, params, context),
      }),
      action(contract.complaint, {
        scope: (params) => complaintScope(kit, params),
        handle: async ({ number }) => {
          const found = await kit.complaints.get(number)
          if (found === null) throw new Refusal('NOT_FOUND', { path: 'number' })
          return showComplaint(found.doc)
        },
      }),
      action(contract.takeComplaint, { scope: (params) => complaintScope(kit, params), handle: (params, context) => takeComplaint(kit, params, context) }),
      action(contract.answerComplaint, { scope: (params) => complaintScope(kit, params), handle: (params, context) => answerComplaint(kit, params, context) }),
      action(contract.closeComplaint, { scope: (params) => complaintScope(kit, params), handle: (params, context) => closeComplaint(kit, params, context) }),
    ],
  })
}

/** An identifier out of a request: 26 letters and digits that tell nothing of it. */
const idFor = (request: string): string => `G${BigInt(`0x${createHash('sha256').update(request).digest('hex')}`).toString(36).toUpperCase().slice(0, 25)}`

/** Invites the first admin of an organization that was created: the event waits with the organization's record. */
export async function inviteFirstAdmin(kit: Kit, event: { id: string; data: unknown }): Promise<void> {
  const { organization, name, email } = event.data as { organization: string; name: string; email: string }
  const found = await kit.organizations.get(organization)
  if (found === null) return
  await kit.bus.call(
    users.addUser,
    { organization, organizationName: found.doc.name, type: 'ORIGINATOR_ADMIN', name, email, language: found.doc.language },
    { as: { service: 'organization' }, requestId: event.id },
  )
}
