import { identity as contract, Refusal, type Params } from '@growr/contracts'
import type { Kit } from '../kit.ts'

/**
 * A new key signs from now on; what earlier ones signed stays good. NOT_OFFERED for the DIDs of a node without a public name: a
 * did:key is its key. NOT_FOUND for an organization that is not there.
 */
export async function rotateKeys(kit: Kit, { part, organization }: Params<typeof contract.rotateKeys>): Promise<{ ok: true }> {
  if ((part === 'ORGANIZATION') !== (organization !== undefined)) throw new Refusal('BAD_INPUT', { path: 'organization' })
  if (part === 'ACCESS_TOKENS') await kit.rotateAccessKey()
  else {
    if (kit.config.publicUrl === undefined) throw new Refusal('NOT_OFFERED', { path: 'part', details: { reason: 'the node has no public name' } })
    if (organization !== undefined && (await kit.organizations.get(organization)) === null) throw new Refusal('NOT_FOUND', { path: 'organization' })
    await kit.dids.rotate(part === 'ISSUER' ? 'issuer' : part === 'VERIFIER' ? 'verifier' : 'organization', organization)
  }
  kit.log.info({ part }, 'a key was rotated')
  return { ok: true }
}
