import { didJwk, didJwkKid, keyOfDidJwk } from '../did/did-jwk.ts'
import { didKey, didKeyKid, keyOfDidKey } from '../did/did-key.ts'
import { refuse } from '../errors.ts'
import { thumbprint, type PublicJwk } from '../jwk.ts'
import { custodyKms, KMS, publicKeyStore, type Curve, type KeyCustody } from './custody-kms.ts'

export interface Wallet {
  readonly did: string
  /** DID URL of the key, for a Signer. */
  readonly kid: string
  /** Reference of the key in the custody. */
  readonly keyRef: string
  readonly jwk: PublicJwk
  /** Who put the DID together: Sphereon's provider, or this library where the provider got it wrong. */
  readonly madeBy: 'sphereon' | 'native'
}

export interface WalletOptions {
  /** Default: `jwk`. */
  readonly method?: 'jwk' | 'key'
  /** Default: `P-256`. */
  readonly curve?: Curve
}

interface MadeKey {
  readonly ref: string
  readonly jwk: PublicJwk
}

/**
 * Makes a DID with a new key of the custody, through Sphereon's key manager and DID providers. What they give back is read
 * again and compared with the key: version 0.26 drops leading zero bytes of P-256 coordinates, so that one did:jwk in 128
 * names no key at all. Such a DID is put together natively from the same key. Takes half a second the first time, since
 * the packages are loaded then. Throws what the custody throws, and DID_KEY_NOT_FOUND where no key was made.
 */
export async function createWallet(custody: KeyCustody, { method = 'jwk', curve = 'P-256' }: WalletOptions = {}): Promise<Wallet> {
  let made: MadeKey | undefined
  const remembering: KeyCustody = {
    createKey: async (wanted) => (made = await custody.createKey(wanted)),
    sign: (ref, algorithm, bytes) => custody.sign(ref, algorithm, bytes),
    deleteKey: (ref) => custody.deleteKey(ref),
  }
  const did = await identifierOf(remembering, method, curve)
  // Assigned inside a call, which the compiler does not follow.
  const key = made as MadeKey | undefined
  if (key === undefined) refuse('DID_KEY_NOT_FOUND', 'the provider made no key in the custody')
  const sound = namesKey(did, method, key.jwk)
  const own = sound ? did : method === 'jwk' ? didJwk(key.jwk) : didKey(key.jwk)
  const kid = method === 'jwk' ? didJwkKid(own) : didKeyKid(own)
  return { did: own, kid, keyRef: key.ref, jwk: key.jwk, madeBy: sound ? 'sphereon' : 'native' }
}

async function identifierOf(custody: KeyCustody, method: 'jwk' | 'key', curve: Curve): Promise<string> {
  const [{ createAgent }, { AbstractKeyManagementSystem, AbstractKeyStore, SphereonKeyManager }] = await Promise.all([
    import('@veramo/core'),
    import('@sphereon/ssi-sdk-ext.key-manager'),
  ])
  // An agent for this one call: whatever it remembers goes with it.
  const keyManager = new SphereonKeyManager({
    store: publicKeyStore(AbstractKeyStore),
    kms: { [KMS]: custodyKms(AbstractKeyManagementSystem, custody) },
  })
  const agent = createAgent<import('@veramo/core').IKeyManager>({ plugins: [keyManager] })
  // `type`, not `keyType`: with that the provider makes a secp256k1 key without a word.
  const type = curve === 'P-256' ? 'Secp256r1' : 'Ed25519'
  if (method === 'jwk') {
    const { JwkDIDProvider } = await import('@sphereon/ssi-sdk-ext.did-provider-jwk')
    const { did } = await new JwkDIDProvider({ defaultKms: KMS }).createIdentifier({ kms: KMS, options: { type } }, { agent })
    return did
  }
  const { SphereonKeyDidProvider } = await import('@sphereon/ssi-sdk-ext.did-provider-key')
  const { did } = await new SphereonKeyDidProvider({ defaultKms: KMS }).createIdentifier({ kms: KMS, options: { type } }, { agent })
  return did
}

/** Whether the DID, read by our own decoder, names exactly this key. */
function namesKey(did: string, method: 'jwk' | 'key', jwk: PublicJwk): boolean {
  try {
    return thumbprint(method === 'jwk' ? keyOfDidJwk(did) : keyOfDidKey(did)) === thumbprint(jwk)
  } catch {
    return false
  }
}
