import { NetworkError, type HdSigner } from '@growr/networks'
import { HDKey } from '@scure/bip32'
import { addressOfScript, scriptOfKey, type AddressKind } from './address.ts'
import { CHAINS, type Chain } from './chain.ts'
import type { KeyOrigin } from './descriptor.ts'
import { withChecksum } from './descriptor.ts'

const HARDENED = 0x80000000

/** An address of an account with all that is needed to watch it and to spend from it. */
export interface AccountAddress {
  readonly address: string
  readonly script: Uint8Array
  /** From the seed: `m/84'/1'/0'/0/7`. */
  readonly path: string
  readonly publicKey: Uint8Array
  readonly origin: KeyOrigin
}

/** An account of a seed (BIP 44's levels): all addresses follow from its extended public key. */
export interface Account {
  readonly kind: AddressKind
  readonly chain: Chain
  readonly path: string
  /** Addresses that are given away, and those of change, each with origin and checksum (BIP 380): no private key in them. */
  readonly descriptors: readonly [external: string, change: string]
  derive(branch: 0 | 1, index: number): AccountAddress
}

/** `m/84'/0'/7'` (BIP 84) or `m/86'/0'/7'` (BIP 86); the coin is 1' on every chain but the main one. */
export function accountPath(kind: AddressKind, chain: Chain, account: number): string {
  requireIndex(account)
  return `m/${kind === 'p2wpkh' ? 84 : 86}'/${CHAINS[chain].coin}'/${account}'`
}

/** Asks the signer for the account's public key once; from then on addresses are derived without it. */
export async function openAccount(signer: HdSigner, kind: AddressKind, chain: Chain, account: number): Promise<Account> {
  const path = accountPath(kind, chain, account)
  const parent = path.slice(0, path.lastIndexOf('/'))
  const [master, above, own] = [await signer.xpub('m'), await signer.xpub(parent), await signer.xpub(path)]
  const steps = path.split('/').slice(1).map((step) => Number.parseInt(step, 10) + HARDENED)
  const node = new HDKey({
    versions: { ...CHAINS[chain].versions }, depth: 3, index: account + HARDENED, parentFingerprint: above.fingerprint, chainCode: own.chainCode, publicKey: own.publicKey,
  })
  const branches = [node.deriveChild(0), node.deriveChild(1)] as const
  const origin = `[${master.fingerprint.toString(16).padStart(8, '0')}${path.slice(1).replaceAll("'", 'h')}]`
  const describe = (branch: 0 | 1): string => withChecksum(`${kind === 'p2wpkh' ? 'wpkh' : 'tr'}(${origin}${node.publicExtendedKey}/${branch}/*)`)
  return {
    kind, chain, path, descriptors: [describe(0), describe(1)],
    derive: (branch, index) => {
      requireIndex(index)
      const publicKey = branches[branch].deriveChild(index).publicKey
      if (publicKey === null) throw new NetworkError('KEY_INVALID', 'this index has no key: take the next one')
      const script = scriptOfKey(publicKey, kind)
      return {
        address: addressOfScript(script, chain) ?? '', script, path: `${path}/${branch}/${index}`, publicKey: Uint8Array.from(publicKey),
        origin: { fingerprint: master.fingerprint, path: [...steps, branch, index] },
      }
    },
  }
}

function requireIndex(index: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= HARDENED) throw new NetworkError('KEY_INVALID', 'an index of a key is a whole number below 2147483648')
}
