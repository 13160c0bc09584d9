import { createHash } from 'node:crypto'
import { HDKey } from '@scure/bip32'
import * as btc from '@scure/btc-signer'
import { equalBytes } from '@scure/btc-signer/utils.js'

export type AddressKind = 'p2wpkh' | 'p2tr'

const REGTEST = { bech32: 'bcrt', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef }
const TEST_VERSIONS = { private: 0x04358394, public: 0x043587cf }
/** BIP 86, of a chain for tests. */
const ACCOUNT = "86'/1'/0'/0"

/** Keys that a person holds in a wallet of their own, outside of the node: addresses, public keys, signatures. */
export class OwnKeys {
  readonly #root: HDKey
  #next = 0

  /** The same name has the same keys in every run. */
  constructor(name: string) {
    this.#root = HDKey.fromMasterSeed(createHash('sha512').update(`the own keys of ${name}`).digest(), TEST_VERSIONS)
  }

  /** An address that nobody was given before. */
  address(kind: AddressKind): string {
    const publicKey = this.#at(this.#next++)
    return (kind === 'p2tr' ? taproot(publicKey) : btc.p2wpkh(publicKey, REGTEST)).address as string
  }

  /** A public key as a key expression (BIP 380), which says where a signer finds it again. */
  key(): string {
    const place = this.#next++
    const fingerprint = this.#root.fingerprint.toString(16).padStart(8, '0')
    return `[${fingerprint}/${ACCOUNT}/${place}]${Buffer.from(this.#at(place)).toString('hex')}`
  }

  /**
   * Signs what is this wallet's to sign, as a signing device does: each input whose script, or whose one leaf, asks for one of its keys.
   * Gives the PSBT back with the signatures, in base64, and of how many inputs. Throws where the text is no PSBT.
   */
  sign(psbt: string): { psbt: string; signed: number } {
    const tx = btc.Transaction.fromPSBT(Uint8Array.from(Buffer.from(psbt, 'base64')), { allowUnknownInputs: true, allowUnknownOutputs: true })
    const own = Array.from({ length: this.#next }, (_, place) => this.#root.derive(`m/${ACCOUNT}/${place}`) as HDKey & { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array })
    let signed = 0
    for (let input = 0; input < tx.inputsLength; input++) {
      const { witnessUtxo, tapInternalKey } = tx.getInput(input)
      // Of an address of its own it knows the key behind it, where who asks does not say.
      const address = own.find(({ publicKey }) => witnessUtxo && equalBytes(taproot(publicKey).script, witnessUtxo.script))
      if (address && !tapInternalKey) tx.updateInput(input, { tapInternalKey: address.publicKey.subarray(1) })
      if (own.filter(({ privateKey }) => signs(tx, privateKey, input)).length > 0) signed++
    }
    return { psbt: Buffer.from(tx.toPSBT(0)).toString('base64'), signed }
  }

  #at(place: number): Uint8Array {
    return this.#root.derive(`m/${ACCOUNT}/${place}`).publicKey as Uint8Array
  }
}

const taproot = (publicKey: Uint8Array) => btc.p2tr(publicKey.subarray(1), undefined, REGTEST)

/** Whether the key is one that the input asks for; it has signed then. */
function signs(tx: btc.Transaction, key: Uint8Array, input: number): boolean {
  try {
    return tx.signIdx(key, input)
  } catch {
    return false
  }
}
