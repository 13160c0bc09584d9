import { Refusal } from '@growr/contracts'
import { currencyOf, MoneyError, type Amount, type Currency } from '@growr/money'
import type { NetworkName, PaymentNetwork } from '@growr/networks'
import type { Repository } from '@growr/collections'
import type { RequestDoc, SendDoc } from './network.collections.ts'
import type { Rates } from './network.rates.ts'

/** A network that the node has switched on, with the coins that it carries; the first one pays the fees. */
export interface NetworkSetup {
  readonly network: PaymentNetwork
  readonly coins: readonly Currency[]
  /** The most that a send may cost unless its caller says otherwise, in the network's own coin. */
  readonly maxFee: Amount
}

/** What the parts of this group share of the networks. */
export interface Networks {
  readonly on: ReadonlyMap<NetworkName, PaymentNetwork>
  readonly setups: ReadonlyMap<NetworkName, NetworkSetup>
  readonly rates: Rates
  /** Where the outside reaches the node. */
  readonly publicUrl: string | undefined
  /** For whom an address or an invoice was made, by its tag. */
  readonly requests: Repository<RequestDoc>
  /** What is to be sent where, by the key of its payment. */
  readonly sends: Repository<SendDoc>
}

/** A network that is on. NOT_OFFERED. */
export function setupOf({ setups }: Networks, network: NetworkName): NetworkSetup {
  const found = setups.get(network)
  if (!found) throw new Refusal('NOT_OFFERED', { path: 'rail', details: { network, offered: [...setups.keys()] } })
  return found
}

/** The coin of a network by its code, its own coin unless named. CURRENCY_MISMATCH where it carries none of that name. */
export function coinOf(setup: NetworkSetup, code: string | undefined): Currency {
  const found = setup.coins.find((coin) => coin.code === code || code === undefined)
  if (!found) throw new Refusal('CURRENCY_MISMATCH', { path: 'currency', details: { offered: setup.coins.map((coin) => coin.code) } })
  return found
}

/** A currency of this node: one of a network's coins, or one that everybody knows. */
export function currencyAnywhere({ setups }: Networks, code: string): Currency {
  for (const { coins } of setups.values()) {
    const found = coins.find((coin) => coin.code === code)
    if (found) return found
  }
  try {
    return currencyOf(code)
  } catch (error) {
    if (error instanceof MoneyError) throw new Refusal('CURRENCY_UNKNOWN', { path: 'currency' })
    throw error
  }
}
