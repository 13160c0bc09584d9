import { Refusal, type organization as contract, type Params } from '@growr/contracts'
import { parsePublicJwk, requireSafeUrl } from '@growr/credentials'
import type { Kit } from '../kit.ts'
import type { Connector } from './organization.collections.ts'

/** A system of an organization's own out of its address and key; null disconnects it. BAD_INPUT. */
export function systemOf(kit: Kit, { url, publicKey }: Pick<Params<typeof contract.setConnector>, 'url' | 'publicKey'>): Connector | null {
  if (url === undefined && publicKey === undefined) return null
  if (url === undefined) throw new Refusal('BAD_INPUT', { path: 'url' })
  if (publicKey === undefined) throw new Refusal('BAD_INPUT', { path: 'publicKey' })
  try {
    if (!kit.config.allowInsecureConnectors) requireSafeUrl(new URL(url))
  } catch (cause) {
    throw new Refusal('BAD_INPUT', { path: 'url', details: { reason: 'https only, or http on this machine' }, cause })
  }
  try {
    return { url, publicKey: parsePublicJwk(publicKey) }
  } catch (cause) {
    throw new Refusal('BAD_INPUT', { path: 'publicKey', details: { reason: 'a public P-256 or Ed25519 key' }, cause })
  }
}
