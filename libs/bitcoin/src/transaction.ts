import { NetworkError, type HdSigner } from '@growr/networks'
import * as btc from '@scure/btc-signer'
import { hash160 } from '@scure/btc-signer/utils.js'
import { larger, requirePayable, settle, valueOf, type Coin, type Output, type Selection } from './coins.ts'
import { derOf } from './signatures.ts'
import { feeOf, inputWeight, OVERHEAD_WEIGHT, outputWeight } from './sizes.ts'

/** Signals that it may be replaced by one with a higher fee (BIP 125). */
export const REPLACEABLE = 0xfffffffd
const SIGHASH_ALL = 1
const SIGHASH_DEFAULT = 0

export interface Signed {
  readonly hex: string
  readonly txid: string
  readonly vsize: number
  readonly fee: bigint
}

export interface PaymentDraft extends Pick<Selection, 'coins' | 'outputs'> {
  /** A height below which no block may hold it; zero for none. */
  readonly lockTime?: number
}

/** Builds and signs a payment of one's own coins; bytes alone, nothing is sent. The signer holds the keys. */
export async function buildPayment(draft: PaymentDraft, signer: HdSigner): Promise<Signed> {
  const tx = unsignedOf(draft)
  for (const [at, coin] of draft.coins.entries()) {
    const hash = sighashOf(tx, draft.coins, at)
    const witness = coin.kind === 'p2tr'
      ? [await signer.signSchnorr(coin.path, hash, new Uint8Array())]
      : [Uint8Array.of(...derOf(await signer.signEcdsa(coin.path, hash)), SIGHASH_ALL), coin.publicKey]
    tx.updateInput(at, { finalScriptWitness: witness }, true)
  }
  return { hex: tx.hex, txid: tx.id, vsize: tx.vsize, fee: valueOf(draft.coins) - draft.outputs.reduce((sum, { value }) => sum + value, 0n) }
}

/** The transaction of a draft, unsigned, every input replaceable. */
export function unsignedOf({ coins, outputs, lockTime = 0 }: PaymentDraft): btc.Transaction {
  const tx = new btc.Transaction({ version: 2, lockTime, allowUnknownOutputs: true })
  for (const { txid, vout, script, value } of coins) tx.addInput({ txid, index: vout, sequence: REPLACEABLE, witnessUtxo: { script, amount: value } })
  for (const { script, value } of outputs) tx.addOutput({ script, amount: value })
  return tx
}

/** What the owner of a coin signs: BIP 143 with SIGHASH_ALL for P2WPKH, BIP 341 with SIGHASH_DEFAULT (or ALL) for the key path of P2TR. */
export function sighashOf(tx: btc.Transaction, coins: readonly Coin[], at: number, type?: number): Uint8Array {
  const coin = coins[at]
  if (coin === undefined) throw new NetworkError('PSBT_INVALID', 'there is no such input')
  if (coin.kind === 'p2tr') return tx.preimageWitnessV1(at, coins.map(({ script }) => script), type ?? SIGHASH_DEFAULT, coins.map(({ value }) => value))
  const code = Uint8Array.of(0x76, 0xa9, 20, ...hash160(coin.publicKey), 0x88, 0xac)
  return tx.preimageWitnessV0(at, code, type ?? SIGHASH_ALL, coin.value)
}

export interface Bump {
  /** What was sent: its coins, its payments without the change, and its fee. */
  readonly coins: readonly Coin[]
  readonly payments: readonly Output[]
  readonly fee: bigint
  readonly rate: number
  readonly maxFee: bigint
  readonly changeScript: Uint8Array
  /** Confirmed coins that may be added where the change does not suffice (BIP 125 allows no others). */
  readonly extra?: readonly Coin[]
}

/**
 * The same payments from the same coins with a higher fee: all coins of the old one stay, so that only one of the two can ever be
 * confirmed; the change bears the difference. At least the old fee and one satoshi for each of its own virtual bytes (BIP 125, rules 3
 * and 4). FEE_ABOVE_CEILING, BALANCE_INSUFFICIENT.
 */
export function bumpPayment({ coins, payments, fee, rate, maxFee, changeScript, extra = [] }: Bump): Selection {
  requirePayable(payments, rate)
  const base = OVERHEAD_WEIGHT + payments.reduce((sum, { script }) => sum + outputWeight(script), 0)
  const used = new Set(coins.map(({ txid, vout }) => `${txid}:${vout}`))
  const further = extra.filter(({ txid, vout }) => !used.has(`${txid}:${vout}`)).toSorted((a, b) => (a.value > b.value ? -1 : a.value < b.value ? 1 : 0))
  for (let count = 0; ; count++) {
    const all = [...coins, ...further.slice(0, count)]
    const weight = base + outputWeight(changeScript) + all.reduce((sum, { kind }) => sum + inputWeight(kind), 0)
    try {
      return settle(all, payments, base, { rate, maxFee, changeScript, atLeast: larger(fee + feeOf(weight, 1), feeOf(weight, rate)) })
    } catch (error) {
      if (!(error instanceof NetworkError) || error.code !== 'BALANCE_INSUFFICIENT' || count >= further.length) throw error
    }
  }
}
