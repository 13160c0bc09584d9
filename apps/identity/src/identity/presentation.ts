import { callingUser, type ActionContext } from '@growr/bus'
import { identity as contract, project as projects, type Params, type Result } from '@growr/contracts'
import { createPresentation } from '@growr/credentials'
import type { Kit } from '../kit.ts'
import { permissionToPresent } from './permissions.ts'
import { choose, listed, openAll, walletOf, walletSigner } from './record.ts'

const LIFETIME_SECONDS = 300

/**
 * Presents what the project requires, and only that. What is missing is left out, and what has expired goes along where
 * there is nothing better, so that the verifier says so by its own reason.
 */
export async function present(kit: Kit, params: Params<typeof contract.createVCPresentation>, context: ActionContext): Promise<Result<typeof contract.createVCPresentation>> {
  const { project: key, challenge } = params
  const wallet = await walletOf(kit, { user: callingUser(context).userId })
  const { criteria } = await context.call(projects.findByKey, { key })
  const verifier = kit.dids.verifier.did
  const now = kit.clock.now()
  const permission = await permissionToPresent(
    kit, { wallet, project: key, verifier, types: criteria.required }, kit.requestRef(contract.createVCPresentation, params, context),
  )
  const held = await listed(kit, wallet.id)
  const chosen = criteria.required.flatMap((type) => choose(held, { type, trusted: criteria.trusted, at: now }) ?? [])
  const credentials = openAll(kit, wallet.id, chosen, { kind: 'permission', permission, verifier })
  const presentation = await createPresentation(
    { credentials, verifierDid: verifier, challenge, now, lifetimeSeconds: LIFETIME_SECONDS }, walletSigner(kit, wallet),
  )
  return { presentation, permission: permission.id, did: wallet.did }
}
