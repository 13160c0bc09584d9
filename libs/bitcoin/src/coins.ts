import { createHash } from 'node:crypto'
import { NetworkError } from '@growr/networks'
import { dustOf, type AddressKind } from './address.ts'
import { branchAndBound } from './branch-and-bound.ts'
import type { KeyOrigin } from './descriptor.ts'
import { feeOf, inputWeight, OVERHEAD_WEIGHT, outputWeight, vsizeOf } from './sizes.ts'

/** An output that a wallet of ours can spend. Values are satoshis. */
export interface Coin {
  readonly txid: string
  readonly vout: number
  readonly value: bigint
  readonly script: Uint8Array
  readonly kind: AddressKind
  /** The key's path from the seed, and its public key (33 bytes). */
  readonly path: string
  readonly publicKey: Uint8Array
  readonly origin?: KeyOrigin
  /** The transaction that made it, which many signing devices want to see before they sign for P2WPKH. */
  readonly raw?: Uint8Array
}

export interface Output {
  readonly script: Uint8Array
  readonly value: bigint
}

export interface SelectionRequest {
  readonly coins: readonly Coin[]
  readonly outputs: readonly Output[]
  /** Satoshis for each virtual byte. */
  readonly rate: number
  readonly maxFee: bigint
  readonly changeScript: Uint8Array
  /** Decides between coins of the same value; the same seed gives the same coins. */
  readonly seed?: string
}

/** Which coins go in, and what comes back. In `outputs`, change included, the order is that of BIP 69. */
export interface Selection {
  readonly coins: readonly Coin[]
  readonly outputs: readonly Output[]
  /** Zero where none comes back. */
  readonly change: bigint
  readonly fee: bigint
  /** The most that it can have; it may be a byte or two less for each P2WPKH coin. */
  readonly vsize: number
}

// Transactions above this are not relayed (Bitcoin Core, MAX_STANDARD_TX_WEIGHT).
const WEIGHT_LIMIT = 400_000
const RATE_LIMIT = 1_000_000

/**
 * Chooses coins for outputs: first coins that need no change (branch and bound, as A. Erhardt's «An Evaluation of Coin Selection
 * Strategies», 2016), else the largest first. A coin counts for what is left of it after its own fee. What would be dust as change goes to
 * the fee. DUST, BALANCE_INSUFFICIENT, FEE_ABOVE_CEILING.
 */
export function selectCoins(request: SelectionRequest): Selection {
  const { outputs, rate, maxFee, changeScript } = request
  requirePayable(outputs, rate)
  const coins = ordered(request)
  const paid = outputs.reduce((sum, { value }) => sum + value, 0n)
  const base = OVERHEAD_WEIGHT + outputs.reduce((sum, { script }) => sum + outputWeight(script), 0)
  const effective = coins.map((coin) => coin.value - feeOf(inputWeight(coin.kind), rate))
  const target = paid + feeOf(base, rate)
  // What change would cost now and when it is spent: so much may go to the fee instead.
  const changeWeight = outputWeight(changeScript)
  const slack = feeOf(changeWeight, rate) + dustOf(changeScript)
  const exact = branchAndBound(effective, target, slack)?.map((at) => coins[at]).filter((coin) => coin !== undefined)
  if (exact !== undefined) {
    const weight = base + exact.reduce((sum, { kind }) => sum + inputWeight(kind), 0)
    const fee = valueOf(exact) - paid
    if (fee <= maxFee && weight <= WEIGHT_LIMIT) return { coins: sorted(exact), outputs: sortedOutputs(outputs), change: 0n, fee, vsize: vsizeOf(weight) }
  }
  const chosen: Coin[] = []
  let sum = 0n
  for (const [at, coin] of coins.entries()) {
    if (sum >= target) break
    chosen.push(coin)
    sum += effective[at] ?? 0n
  }
  if (sum < target) throw insufficient(valueOf(request.coins))
  return settle(chosen, outputs, base, { rate, maxFee, changeScript })
}

/** With these coins: change where it is worth more than it costs, the rest to the fee. FEE_ABOVE_CEILING, BALANCE_INSUFFICIENT. */
export function settle(
  coins: readonly Coin[], outputs: readonly Output[], base: number,
  { rate, maxFee, changeScript, atLeast = 0n }: { rate: number; maxFee: bigint; changeScript: Uint8Array; atLeast?: bigint },
): Selection {
  const paid = outputs.reduce((sum, { value }) => sum + value, 0n)
  const without = base + coins.reduce((sum, { kind }) => sum + inputWeight(kind), 0)
  const within = without + outputWeight(changeScript)
  if (within > WEIGHT_LIMIT) throw new NetworkError('BALANCE_INSUFFICIENT', 'the coins are too small and too many for one transaction: send less, or gather them first')
  const left = valueOf(coins) - paid
  const feeWithin = larger(feeOf(within, rate), atLeast)
  const change = left - feeWithin
  const keeps = change >= dustOf(changeScript)
  const fee = keeps ? feeWithin : left
  if (fee < larger(feeOf(without, rate), atLeast)) throw insufficient(valueOf(coins))
  if (fee > maxFee) {
    throw new NetworkError('FEE_ABOVE_CEILING', 'the fee would be above the ceiling: wait for a lower rate, or allow more', { fee: String(fee), ceiling: String(maxFee) })
  }
  return {
    coins: sorted(coins), outputs: sortedOutputs(keeps ? [...outputs, { script: changeScript, value: change }] : outputs),
    change: keeps ? change : 0n, fee, vsize: vsizeOf(keeps ? within : without),
  }
}

/** DUST for an output below what nodes carry; FEE_ABOVE_CEILING for a rate that is none. */
export function requirePayable(outputs: readonly Output[], rate: number): void {
  if (!Number.isFinite(rate) || rate <= 0 || rate > RATE_LIMIT) throw new NetworkError('FEE_ABOVE_CEILING', 'this is no fee rate in satoshis for each virtual byte')
  if (outputs.length === 0) throw new NetworkError('DUST', 'there is nothing to pay')
  for (const { script, value } of outputs) {
    const least = dustOf(script)
    if (value < least) throw new NetworkError('DUST', `less than ${least} satoshis is not carried to this address: send more`, { least: String(least) })
  }
}

export const valueOf = (coins: readonly Coin[]): bigint => coins.reduce((sum, { value }) => sum + value, 0n)

export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

// Coins worth their own fee, each once, the largest first.
function ordered({ coins, rate, seed = '' }: SelectionRequest): Coin[] {
  const unique = new Map(coins.map((coin) => [`${coin.txid}:${coin.vout}`, coin]))
  const worth = (coin: Coin): bigint => coin.value - feeOf(inputWeight(coin.kind), rate)
  const ranked = [...unique].map(([id, coin]) => ({ coin, worth: worth(coin), rank: createHash('sha256').update(`${seed}/${id}`).digest('hex') }))
  return ranked
    .filter((each) => each.worth > 0n)
    .toSorted((a, b) => (a.worth === b.worth ? (a.rank < b.rank ? -1 : 1) : a.worth > b.worth ? -1 : 1))
    .map(({ coin }) => coin)
}

export function sorted(coins: readonly Coin[]): readonly Coin[] {
  return coins.toSorted((a, b) => (a.txid === b.txid ? a.vout - b.vout : a.txid < b.txid ? -1 : 1))
}

export function sortedOutputs(outputs: readonly Output[]): readonly Output[] {
  return outputs.toSorted((a, b) => (a.value === b.value ? Buffer.compare(a.script, b.script) : a.value < b.value ? -1 : 1))
}

function insufficient(held: bigint): NetworkError {
  return new NetworkError('BALANCE_INSUFFICIENT', 'the wallet holds too little for the amount and the fee', { held: String(held) })
}
