import { NetworkError } from '@growr/networks'
import { dustOf } from './address.ts'
import { requirePayable, sorted, sortedOutputs, valueOf, type Coin, type Selection } from './coins.ts'
import { feeOf, inputWeight, OVERHEAD_WEIGHT, outputWeight, vsizeOf } from './sizes.ts'

export interface WithinRequest {
  readonly coins: readonly Coin[]
  /** The payee's script, and what the wallet loses in all: the payee gets it less the fee. */
  readonly script: Uint8Array
  readonly amount: bigint
  readonly rate: number
  readonly maxFee: bigint
  readonly changeScript: Uint8Array
}

/**
 * Chooses coins for a payment whose fee comes out of its amount: the largest first, until they hold the amount; what is more comes back
 * to the satoshi, so that the wallet loses exactly the amount. DUST, BALANCE_INSUFFICIENT, FEE_ABOVE_CEILING.
 */
export function selectWithin({ coins, script, amount, rate, maxFee, changeScript }: WithinRequest): Selection {
  requirePayable([{ script, value: amount }], rate)
  const chosen: Coin[] = []
  const least = dustOf(changeScript)
  const over = (): bigint => valueOf(chosen) - amount
  for (const coin of coins.toSorted((a, b) => (a.value === b.value ? (`${a.txid}:${a.vout}` < `${b.txid}:${b.vout}` ? -1 : 1) : a.value > b.value ? -1 : 1))) {
    if (over() === 0n || over() >= least) break
    chosen.push(coin)
  }
  if (over() < 0n) throw new NetworkError('BALANCE_INSUFFICIENT', 'the wallet holds too little for the amount', { held: String(valueOf(coins)) })
  const change = over()
  // What would be left is too little to come back.
  if (change > 0n && change < least) throw new NetworkError('DUST', `less than ${least} satoshis would be left: send all of it, or less`, { left: String(change) })
  const weight = OVERHEAD_WEIGHT + outputWeight(script) + (change > 0n ? outputWeight(changeScript) : 0) + chosen.reduce((sum, { kind }) => sum + inputWeight(kind), 0)
  const fee = feeOf(weight, rate)
  if (fee > maxFee) throw new NetworkError('FEE_ABOVE_CEILING', 'the fee would be above the ceiling: wait for a lower rate, or allow more', { fee: String(fee), ceiling: String(maxFee) })
  const outputs = [{ script, value: amount - fee }, ...(change > 0n ? [{ script: changeScript, value: change }] : [])]
  requirePayable(outputs, rate)
  return { coins: sorted(chosen), outputs: sortedOutputs(outputs), change, fee, vsize: vsizeOf(weight) }
}
