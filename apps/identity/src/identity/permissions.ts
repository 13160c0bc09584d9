import type { PendingEvent, RequestRef, WaitingEvent } from '@growr/collections'
import { Refusal, user as users, type identity as contracts } from '@growr/contracts'
import type { CredentialType } from '@growr/credentials'
import { isTemplate } from '../common/messages.ts'
import type { Kit } from '../kit.ts'
import type { PermissionChange, PermissionDoc, WalletDoc } from './identity.collections.ts'

export const show = ({ id, did, project, verifier, types, fields, status, at }: PermissionDoc): contracts.Permission => ({
  id, did, project, verifier, types, status, at, ...(fields === undefined ? {} : { fields }),
})

interface Wish {
  readonly wallet: WalletDoc
  readonly project: string
  readonly verifier: string
  readonly types: readonly CredentialType[]
  readonly fields?: readonly string[]
}

const MOST_CHANGES = 100

function changed(doc: PermissionDoc, change: PermissionChange): PermissionDoc {
  return { ...doc, status: change.status, at: change.at, history: [...doc.history, change].slice(-MOST_CHANGES) }
}

/**
 * Records that a verifier may see these types for a project (by the owner) or that somebody asks for it (by the
 * organization). What the owner granted stays granted when somebody asks again.
 */
export async function record(kit: Kit, { wallet, project, verifier, types, fields }: Wish, by: PermissionChange['by'], request: RequestRef | undefined, pending: readonly PendingEvent[] = []): Promise<PermissionDoc> {
  const key = `${wallet.id}/${project}/${verifier}`
  const change: PermissionChange = { status: by === 'OWNER' ? 'GRANTED' : 'REQUESTED', at: kit.clock.now().toISOString(), by }
  const options = { pending, ...(request && { request }) }
  return kit.turns.run(`permission:${key}`, async () => {
    const known = await kit.permissions.findOne('key', key)
    if (known !== null) {
      return (await kit.permissions.update(known.id, (doc) => {
        if (by === 'ORGANIZATION' && doc.status !== 'WITHDRAWN') return null
        return changed({ ...doc, types: [...types], ...(fields && { fields: [...fields] }) }, change)
      }, options)).doc
    }
    const doc: PermissionDoc = { id: kit.newId(), key, user: wallet.id, did: wallet.did, project, verifier, types: [...types], ...(fields && { fields: [...fields] }), status: change.status, at: change.at, history: [change], uses: 0, usedAt: null }
    return (await kit.permissions.insert(doc, options)).doc
  })
}

/**
 * The permission under which the owner presents. Her presenting is her permission, and is recorded as such; but what she
 * withdrew she grants anew by herself first (PERMISSION_WITHDRAWN).
 */
export async function permissionToPresent(kit: Kit, wish: Wish, request: RequestRef | undefined): Promise<PermissionDoc> {
  const { wallet, project, verifier } = wish
  const known = await kit.permissions.findOne('key', `${wallet.id}/${project}/${verifier}`)
  if (known?.doc.status === 'WITHDRAWN') throw new Refusal('PERMISSION_WITHDRAWN', { path: 'project' })
  const covered = known?.doc.status === 'GRANTED' && wish.types.every((type) => known.doc.types.includes(type))
  const permission = covered ? known.doc : await record(kit, wish, 'OWNER', undefined)
  const usedAt = kit.clock.now().toISOString()
  return (await kit.permissions.update(permission.id, (doc) => {
    // Withdrawn in this very moment: nothing is presented under it any more.
    if (doc.status !== 'GRANTED') throw new Refusal('PERMISSION_WITHDRAWN', { path: 'project' })
    return { ...doc, uses: doc.uses + 1, usedAt }
  }, request && { request })).doc
}

export async function withdraw(kit: Kit, id: string, user: string, request: RequestRef | undefined): Promise<PermissionDoc> {
  const at = kit.clock.now().toISOString()
  return (await kit.permissions.update(id, (doc) => {
    if (doc.user !== user) throw new Refusal('NOT_FOUND', { path: 'permission' })
    return doc.status === 'WITHDRAWN' ? null : changed(doc, { status: 'WITHDRAWN', at, by: 'OWNER' })
  }, request && { request })).doc
}

/** Tells the owner that somebody asks. */
export async function tellAsked(kit: Kit, event: WaitingEvent): Promise<void> {
  const { organization, project } = event.data as { organization: string; project: string }
  const template = 'permissionRequested'
  const [permission, by] = await Promise.all([kit.permissions.get(event.recordId), kit.organizations.get(organization)])
  if (permission === null || !isTemplate(template)) return
  const values = { organization: by?.doc.name ?? organization, project }
  await kit.bus.call(users.notify, { user: permission.doc.user, template, values }, { as: { service: 'identity' }, requestId: event.id })
}
