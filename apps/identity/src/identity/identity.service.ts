import { callerScope, callingUser, defineService, type ActionContext, type Service } from '@growr/bus'
import { identity as contract, project as projects, Refusal, user as users, type Params, type Result } from '@growr/contracts'
import { action, every } from '@growr/service'
import type { Kit } from '../kit.ts'
import { ask } from './connector.ts'
import { credentialTypes } from './credential-types.ts'
import { erase, erasureScope } from './erasure.ts'
import type { PermissionDoc, SealedCredentialDoc, WalletDoc } from './identity.collections.ts'
import { record, show as showPermission, withdraw } from './permissions.ts'
import { present } from './presentation.ts'
import { rotateKeys } from './rotation.ts'
import { claimsIn, ensureWallet, listed, openAll, put, walletOf } from './record.ts'
import { signContract, signForOrganization } from './signing.ts'

const show = ({ id, type, issuer, organization, issuedAt, validUntil, revoked }: SealedCredentialDoc): contract.Credential => ({
  id, type, issuer, organization, issuedAt, validUntil, revoked,
})

const REMEMBERED = 30 * 86_400_000

/** The self-sovereign credit record: a borrower's DID, her credentials, and who may see them. */
export function identityService(kit: Kit): Service {
  /** The organizations in which the owner of a wallet is an active borrower. */
  const organizationsOf = async (wallet: WalletDoc, context: ActionContext): Promise<string[]> => {
    const { memberships, status } = await context.as().call(users.findById, { id: wallet.id })
    if (status === 'BLOCKED') return []
    return memberships.flatMap((held) => (held.type === 'BORROWER' && held.status === 'ACTIVE' && held.organization !== null ? [held.organization] : []))
  }

  const recordScope = async ({ did }: { did: string }, context: ActionContext) => {
    const wallet = await walletOf(kit, { did })
    const { caller } = context
    const own = caller.kind === 'user' && caller.organization !== undefined && caller.role !== 'BORROWER' ? caller.organization : undefined
    const shared = own !== undefined && (await organizationsOf(wallet, context)).includes(own)
    return { owners: [wallet.id], organization: shared ? own : undefined, wallet }
  }

  /**
   * The organization confirms by its own system, the node's issuer issues, the record keeps. The claims never pass
   * through the borrower's hands before they are signed.
   */
  const getVC = async (params: Params<typeof contract.getVC>, context: ActionContext): Promise<contract.Credential> => {
    const caller = callingUser(context)
    const organization = params.organization ?? caller.organization
    const wallet = await walletOf(kit, { user: caller.userId })
    if (organization === undefined || !(await organizationsOf(wallet, context)).includes(organization)) throw new Refusal('FORBIDDEN', { path: 'organization' })
    const found = await kit.organizations.get(organization)
    if (!found?.doc.connector) throw new Refusal('CONNECTOR_NOT_CONFIGURED')
    const { connector } = found.doc
    const issue = async (): Promise<contract.Credential> => {
      const { claims } = await ask(kit, connector, { type: params.type, subject: wallet.did, organization })
      return context.call(contract.issueVC, { organization, did: wallet.did, type: params.type, claims: { ...claims } })
    }
    const request = kit.requestRef(contract.getVC, params, context)
    if (request === undefined) return issue()
    const expiresAt = new Date(kit.real.now().getTime() + REMEMBERED).toISOString()
    const { doc } = await kit.asked.insert({ id: kit.newId(), credential: null, expiresAt }, { request })
    return kit.turns.run(`asked:${doc.id}`, async () => {
      const earlier = await kit.asked.get(doc.id)
      const known = earlier?.doc.credential ? await kit.credentials.get(earlier.doc.credential) : null
      if (known !== null) return show(known.doc)
      const issued = await issue()
      await kit.asked.update(doc.id, (asked) => ({ ...asked, credential: issued.id }))
      return issued
    })
  }

  const requestPermission = async (params: Params<typeof contract.requestPermission>, context: ActionContext): Promise<contract.Permission> => {
    const caller = callingUser(context)
    const { project: key, did } = params
    if (caller.role !== 'BORROWER' && did === undefined) throw new Refusal('BAD_INPUT', { path: 'did' })
    const wallet = await walletOf(kit, did === undefined ? { user: caller.userId } : { did })
    const byOwner = wallet.id === caller.userId && caller.role === 'BORROWER'
    const { criteria, organization, name } = await context.call(projects.findByKey, { key })
    // The project and the person must both be of the organization for which the caller acts.
    const own = caller.organization !== undefined && organization === caller.organization && (await organizationsOf(wallet, context)).includes(organization)
    if (!own) throw new Refusal('FORBIDDEN', { path: 'project' })
    const wish = { wallet, project: key, verifier: kit.dids.verifier.did, types: criteria.required }
    const asked = byOwner ? [] : [{ type: 'identity.asked', data: { organization, project: name } }]
    const permission = await record(kit, wish, byOwner ? 'OWNER' : 'ORGANIZATION', kit.requestRef(contract.requestPermission, params, context), asked)
    kit.outbox.wake()
    return showPermission(permission)
  }

  const permissionScope = async ({ did }: { did?: string | undefined }, context: ActionContext) => {
    const caller = callingUser(context)
    const wallet = did === undefined ? undefined : await walletOf(kit, { did })
    const shared = wallet !== undefined && caller.organization !== undefined && (await organizationsOf(wallet, context)).includes(caller.organization)
    return { owners: [wallet?.id ?? caller.userId], organization: shared ? caller.organization : undefined }
  }

  return defineService({
    name: 'identity',
    actions: [
      action(contract.findByDid, {
        scope: recordScope,
        handle: async ({ did }) => {
          const wallet = await walletOf(kit, { did })
          const document = await kit.resolver.resolve(did)
          return { did, document: { ...document }, credentials: (await listed(kit, wallet.id)).map(show) }
        },
      }),
      action(contract.createWallet, { handle: async ({ user }) => ({ did: (await ensureWallet(kit, user)).did }) }),
      action(contract.createOrganizationDid, { handle: async ({ organization }) => ({ did: await kit.dids.createOrganization(organization) }) }),
      action(contract.getVC, { scope: callerScope, handle: getVC }),
      action(contract.findCredentialTypes, { scope: callerScope, handle: (_params, context) => credentialTypes(kit, context) }),
      action(contract.erase, { scope: (params, context) => erasureScope(kit, params, context), handle: (params, context) => erase(kit, params, context) }),
      action(contract.rotateKeys, { handle: (params) => rotateKeys(kit, params) }),
      action(contract.findCredentials, {
        scope: callerScope,
        handle: async (_params, context) => {
          const user = callingUser(context).userId
          const held = await listed(kit, user)
          const opened = openAll(kit, user, held, { kind: 'session', user })
          return held.map((credential, index) => ({ ...show(credential), claims: claimsIn(opened[index] ?? '') }))
        },
      }),
      action(contract.storeVC, {
        handle: async ({ credential, did, jwt }) => {
          await put(kit, await walletOf(kit, { did }), credential, jwt)
          return { ok: true as const }
        },
      }),
      action(contract.requestPermission, { scope: permissionScope, handle: requestPermission }),
      action(contract.withdrawPermission, {
        scope: callerScope,
        handle: async (params, context) => {
          const request = kit.requestRef(contract.withdrawPermission, params, context)
          return showPermission(await withdraw(kit, params.permission, callingUser(context).userId, request))
        },
      }),
      action(contract.findPermissions, {
        scope: callerScope,
        handle: async (_params, context) => {
          const found: PermissionDoc[] = []
          for await (const permission of every(kit.permissions, { user: callingUser(context).userId })) found.push(permission)
          return found.map(showPermission)
        },
      }),
      action(contract.createVCPresentation, { scope: callerScope, handle: (params, context) => present(kit, params, context) }),
      action(contract.signContract, { handle: (params, context) => signContract(kit, params, context) }),
      action(contract.signForOrganization, { handle: (params, context) => signForOrganization(kit, params, context) }),
      action(contract.resolveUser, {
        handle: async (owner, context): Promise<Result<typeof contract.resolveUser>> => {
          if ((owner.user === undefined) === (owner.did === undefined)) throw new Refusal('BAD_INPUT', { path: 'user' })
          const wallet = await walletOf(kit, owner)
          return { user: wallet.id, did: wallet.did, organizations: await organizationsOf(wallet, context) }
        },
      }),
    ],
  })
}
