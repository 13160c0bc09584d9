import { algorithmOf, didJwkKid, parseCredential, parsePublicJwk, type CredentialType, type Signer } from '@growr/credentials'
import { Refusal } from '@growr/contracts'
import { every } from '@growr/service'
import type { Kit } from '../kit.ts'
import type { PermissionDoc, SealedCredentialDoc, WalletDoc } from './identity.collections.ts'
import { open, publicPart, seal, sealingKey } from './seal.ts'

/** What opens a record: the owner's own session, or the permission that the owner gave. */
export type Authority = { readonly kind: 'session'; readonly user: string } | { readonly kind: 'permission'; readonly permission: PermissionDoc; readonly verifier: string }

/** Makes the wallet of a borrower, or finds it: a key pair whose did:jwk it is, and the key to which her record is sealed. */
export async function ensureWallet(kit: Kit, user: string): Promise<WalletDoc> {
  return kit.turns.run(`wallet:${user}`, async () => {
    const known = await kit.walletRecords.get(user)
    if (known !== null) return known.doc
    const { did } = await createDid(kit, user)
    const dataKey = kit.wallets.dataKey(user)
    const sealKey = publicPart(sealingKey(dataKey))
    dataKey.fill(0)
    const doc = { id: user, did, sealKey, createdAt: kit.clock.now().toISOString() }
    return (await kit.walletRecords.insert(doc)).doc
  })
}

/** The DID comes from Sphereon's key manager and provider; the key is made in custody and stays there. */
async function createDid({ wallets }: Kit, user: string): Promise<{ did: string }> {
  // Loaded with the first wallet: a node without a borrower does without it.
  const { createWallet } = await import('@growr/credentials/sphereon')
  return createWallet({
    // The same key again where the node stopped before the wallet was written.
    createKey: async () => {
      const { kid, publicJwk } = await wallets.ensure({ id: user, algorithm: 'ES256' })
      return { ref: kid, jwk: parsePublicJwk(publicJwk) }
    },
    sign: (ref, _algorithm, bytes) => wallets.sign(ref, bytes),
    deleteKey: async () => void wallets.remove(user),
  })
}

export async function walletOf(kit: Kit, owner: { user?: string | undefined; did?: string | undefined }): Promise<WalletDoc> {
  const found = owner.user === undefined ? await kit.walletRecords.findOne('did', owner.did ?? '') : await kit.walletRecords.get(owner.user)
  if (found === null) throw new Refusal('NOT_FOUND', { path: owner.user === undefined ? 'did' : 'user' })
  return found.doc
}

/** Signs with a borrower's own key; the key stays in the key table. */
export function walletSigner(kit: Kit, { id, did }: WalletDoc): Signer {
  const key = kit.wallets.find(id)
  if (key === undefined) throw new Error('a wallet without its key')
  return { did, kid: didJwkKid(did), algorithm: algorithmOf(parsePublicJwk(key.publicJwk)), sign: (bytes) => kit.wallets.sign(key.kid, bytes) }
}

export const contextOf = (id: string, user: string): string => `credential/${user}/${id}`

/** Puts a credential in, or says anew whether it is revoked. Needs the owner's public key alone. */
export async function put(kit: Kit, wallet: WalletDoc, credential: Omit<SealedCredentialDoc, 'user' | 'sealed'>, jwt: string): Promise<void> {
  const { id: user, sealKey } = wallet
  await kit.turns.run(`credential:${credential.id}`, async () => {
    const known = await kit.credentials.get(credential.id)
    if (known !== null) {
      if (known.doc.user !== user) throw new Refusal('DUPLICATE', { path: 'credential' })
      await kit.credentials.update(credential.id, (doc) => (doc.revoked === credential.revoked ? null : { ...doc, revoked: credential.revoked }))
      return
    }
    // Revoked before it was ever put in: there is nothing to keep.
    if (jwt === '') return
    await kit.credentials.insert({ ...credential, user, sealed: seal(sealKey, jwt, contextOf(credential.id, user)) })
  })
}

/** What the record holds, without opening anything. */
export async function listed(kit: Kit, user: string): Promise<SealedCredentialDoc[]> {
  const found: SealedCredentialDoc[] = []
  for await (const credential of every(kit.credentials, { user })) found.push(credential)
  return found
}

/**
 * Opens credentials of a record, for the owner in her own session or for a verifier whom she permitted to see just these.
 * PERMISSION_MISSING, PERMISSION_WITHDRAWN.
 */
export function openAll(kit: Kit, user: string, wanted: readonly SealedCredentialDoc[], authority: Authority): string[] {
  for (const credential of wanted) requireAuthority(user, credential, authority)
  return openSealed(kit, user, wanted.map(({ id, sealed }) => ({ sealed, context: contextOf(id, user) })))
}

/** Opens boxes that are sealed to a person, with her own key; NOT_FOUND where the key is gone. Whoever calls has found the right to. */
export function openSealed(kit: Kit, user: string, boxes: readonly { readonly sealed: string; readonly context: string }[]): string[] {
  if (boxes.length === 0) return []
  const dataKey = kit.wallets.dataKey(user, { create: false })
  if (dataKey === undefined) throw new Refusal('NOT_FOUND')
  const key = sealingKey(dataKey)
  dataKey.fill(0)
  return boxes.map(({ sealed, context }) => open(key, sealed, context))
}

function requireAuthority(user: string, credential: SealedCredentialDoc, authority: Authority): void {
  if (credential.user !== user) throw new Refusal('PERMISSION_MISSING')
  if (authority.kind === 'session') {
    if (authority.user !== user) throw new Refusal('PERMISSION_MISSING')
    return
  }
  const { permission, verifier } = authority
  if (permission.user !== user || permission.verifier !== verifier || !permission.types.includes(credential.type)) throw new Refusal('PERMISSION_MISSING')
  if (permission.status === 'WITHDRAWN') throw new Refusal('PERMISSION_WITHDRAWN')
  if (permission.status !== 'GRANTED') throw new Refusal('PERMISSION_MISSING')
}

export function claimsIn(jwt: string): Record<string, unknown> {
  return { ...parseCredential(jwt).claims }
}

export interface Requirement {
  readonly type: CredentialType
  readonly trusted: readonly { readonly issuer: string; readonly organization: string }[]
  readonly at: Date
}

/**
 * The one credential of a type to present: the newest that the project would take. Where there is none, the one that says
 * best what is wrong: a trusted one that has expired or was revoked before one of an issuer whom nobody trusts.
 */
export function choose(held: readonly SealedCredentialDoc[], { type, trusted, at }: Requirement): SealedCredentialDoc | undefined {
  const now = at.toISOString()
  const rank = (credential: SealedCredentialDoc): number => {
    const known = trusted.some(({ issuer, organization }) => issuer === credential.issuer && organization === credential.organization)
    const standing = credential.revoked ? 0 : credential.validUntil > now ? 2 : 1
    return (known ? 3 : 0) + standing
  }
  const fitting = held.filter((credential) => credential.type === type)
  return fitting.toSorted((a, b) => rank(b) - rank(a) || (a.issuedAt < b.issuedAt ? 1 : a.issuedAt > b.issuedAt ? -1 : a.id < b.id ? 1 : -1))[0]
}
