import type { IKey, ManagedKeyInfo, TKeyType } from '@veramo/core'
import { CredentialError, refuse } from '../errors.ts'
import type { Algorithm, PublicJwk } from '../jwk.ts'
import { toBase64url } from '../encoding.ts'

export type Curve = 'P-256' | 'Ed25519'

/** Our key custody, as far as a wallet needs it. Private keys stay behind it. */
export interface KeyCustody {
  /** Makes a key pair and gives its reference and public part. */
  createKey(curve: Curve): Promise<{ readonly ref: string; readonly jwk: PublicJwk }>
  /** Signs with the key: 64 bytes, r‖s for ES256. */
  sign(ref: string, algorithm: Algorithm, bytes: Uint8Array): Promise<Uint8Array> | Uint8Array
  deleteKey(ref: string): Promise<void>
}

// Veramo's names of the curves. Secp256k1, its default, is left out on purpose: nothing here verifies it.
const CURVES: { readonly [type: string]: Curve } = { Secp256r1: 'P-256', Ed25519: 'Ed25519' }

/** Name of the key management system under which the custody is known to Sphereon's key manager. */
export const KMS = 'growr-custody'

/**
 * A Veramo key management system over our custody: it makes and uses keys, and never sees or takes a private one.
 * The class comes in as an argument because the library that defines it is loaded only when a wallet is made.
 */
export function custodyKms(base: typeof import('@sphereon/ssi-sdk-ext.key-manager').AbstractKeyManagementSystem, custody: KeyCustody) {
  const managed = async (type: TKeyType): Promise<ManagedKeyInfo> => {
    const curve = CURVES[type]
    if (curve === undefined) refuse('DID_KEY_UNSUPPORTED', `no ${type} keys here`)
    const { ref, jwk } = await custody.createKey(curve)
    if (jwk.crv !== curve) refuse('DID_KEY_UNSUPPORTED', 'the custody made a key of another curve')
    return { kid: ref, kms: KMS, type, publicKeyHex: publicKeyHex(jwk), meta: { algorithms: [jwk.crv === 'P-256' ? 'ES256' : 'EdDSA'] } }
  }

  return new (class CustodyKms extends base {
    async createKey({ type }: { type: TKeyType }): Promise<ManagedKeyInfo> {
      return managed(type)
    }

    async sign({ keyRef, algorithm, data }: { keyRef: Pick<IKey, 'kid'>; algorithm?: string; data: Uint8Array }): Promise<string> {
      if (algorithm !== 'ES256' && algorithm !== 'EdDSA') refuse('ALGORITHM_REFUSED', 'neither ES256 nor EdDSA')
      return toBase64url(await custody.sign(keyRef.kid, algorithm, data))
    }

    async deleteKey({ kid }: { kid: string }): Promise<boolean> {
      await custody.deleteKey(kid)
      return true
    }

    async importKey(): Promise<ManagedKeyInfo> {
      throw new CredentialError('DID_PRIVATE_KEY', 'private keys are not handed in')
    }

    async listKeys(): Promise<ManagedKeyInfo[]> {
      return []
    }

    async sharedSecret(): Promise<string> {
      throw new CredentialError('ALGORITHM_REFUSED', 'keys here sign only')
    }
  })()
}

/** What the key manager may keep in memory: public parts, for the time of one call. */
export function publicKeyStore(base: typeof import('@sphereon/ssi-sdk-ext.key-manager').AbstractKeyStore) {
  const keys = new Map<string, IKey>()
  return new (class PublicKeyStore extends base {
    async import(key: IKey): Promise<boolean> {
      if (key.privateKeyHex !== undefined) refuse('DID_PRIVATE_KEY', 'private keys are not handed in')
      keys.set(key.kid, key)
      return true
    }

    async get({ kid }: { kid: string }): Promise<IKey> {
      return keys.get(kid) ?? refuse('DID_KEY_NOT_FOUND', 'no such key')
    }

    async delete({ kid }: { kid: string }): Promise<boolean> {
      return keys.delete(kid)
    }

    async list(): Promise<ManagedKeyInfo[]> {
      return [...keys.values()]
    }
  })()
}

/** Veramo's form of a public key: hex, a P-256 point compressed. */
function publicKeyHex(jwk: PublicJwk): string {
  const x = Buffer.from(jwk.x, 'base64url').toString('hex')
  if (jwk.kty === 'OKP') return x
  const odd = (Buffer.from(jwk.y, 'base64url')[31] as number) & 1
  return `0${2 + odd}${x}`
}
