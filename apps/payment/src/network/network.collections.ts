import type { CollectionDefinition } from '@growr/collections'
import type { NetworkName } from '@growr/networks'

/** What a payer was told: so much of a coin for so much of the project's currency, until then. */
export interface Quote {
  /** Minor units of the project's currency, as digits. */
  amount: string
  /** Minor units of the coin, as digits. */
  moved: string
  rate: string
  at: string
  expiresAt: string
}

/** For whom an address or an invoice was made (id = its tag on the network). */
export interface RequestDoc {
  id: string
  network: NetworkName
  purpose: 'LOAN' | 'INTENT' | 'JUNIOR' | 'FEES'
  organization: string
  project: string
  /** The loan's key, or the intent's. */
  of: string | null
  /** The borrower or the investor. */
  user: string | null
  quote: Quote | null
}

export const requests: CollectionDefinition<RequestDoc> = { name: 'network-requests', personal: ['user'], lookup: { of: {}, project: {}, user: { blind: true } } }

/** What is to be sent where (id = the key of its payment): the very order that the network is given, again and again if need be. */
export interface SendDoc {
  id: string
  network: NetworkName
  wallets: string[]
  to: string
  /** Minor units as digits, with their coins. */
  amount: string
  coin: string
  maxFee: string
  feeCoin: string
  feeFromAmount: boolean
  /** What of the payment is not sent, because it is set off against fees that the project advanced. */
  setOff: string
}

export const sends: CollectionDefinition<SendDoc> = { name: 'network-sends', personal: ['to'], lookup: { network: {} } }
