import { NetworkError, type HdSigner } from '@growr/networks'
import type { Hex } from 'viem'
import type { RootstockChain } from './address.ts'
import type { RootstockPolicy, RootstockToken } from './policy.ts'
import type { RootstockRpc } from './rpc.ts'
import type { AddressRow, FactRow, RootstockStore, TxRow } from './store.ts'
import { Watched } from './watched.ts'

/** What the parts of the adapter share. Addresses, token addresses included, are in lower case. */
export class Rooted {
  readonly native = 'RBTC'
  readonly addresses: Watched
  readonly tokens: ReadonlyMap<string, RootstockToken>
  readonly store: RootstockStore
  readonly rpc: RootstockRpc
  readonly signer: HdSigner
  readonly policy: RootstockPolicy
  readonly chain: RootstockChain
  readonly startHeight: number | undefined
  sending = true
  grown = false
  restarts = 0

  constructor(parts: Pick<Rooted, 'store' | 'rpc' | 'signer' | 'policy' | 'chain' | 'startHeight' | 'tokens'>) {
    this.store = parts.store
    this.rpc = parts.rpc
    this.signer = parts.signer
    this.policy = parts.policy
    this.chain = parts.chain
    this.startHeight = parts.startHeight
    this.tokens = parts.tokens
    this.addresses = new Watched(this.store)
  }

  top(): number { return this.store.get<{ height: number }>('SELECT max(height) AS height FROM blocks')?.height ?? 0 }
  hashAt(height: number): string | undefined { return this.store.get<{ hash: string }>('SELECT hash FROM blocks WHERE height = ?', height)?.hash }
  tokenOf(currency: string): RootstockToken | undefined { return [...this.tokens.values()].find(({ code }) => code === currency) }

  depth(currency: string, amount: bigint): number {
    const table = currency === this.native ? this.policy.confirmations : this.tokenOf(currency)?.confirmations
    if (!table) return currency === this.native ? this.policy.deepest : 12
    return table.find(([most]) => amount <= most)?.[1] ?? this.policy.deepest
  }

  /** The wallet's own account, from which it sends. */
  main(wallet: string): AddressRow {
    const row = this.store.get<AddressRow>('SELECT * FROM addresses WHERE wallet = ? AND tag IS NULL', wallet)
    if (!row) throw new NetworkError('WALLET_UNKNOWN', 'no wallet has this id')
    return row
  }

  /** What an address can spend now: confirmed money less all that leaves it, in a block or not yet. */
  spendable(address: string, currency: string): bigint {
    let sum = 0n
    for (const fact of this.store.all<FactRow>("SELECT * FROM facts WHERE wallet = ? AND status <> 'REVERSED'", this.addresses.get(address)!.wallet)) {
      sum += effect(fact, currency, row => row === address, this.native, fact.status === 'CONFIRMED')
    }
    const worst = new Map<number, bigint>()
    for (const tx of this.store.all<TxRow>("SELECT * FROM txs WHERE address = ? AND state = 'LIVE'", address)) {
      const cost = (tx.currency === currency ? BigInt(tx.amount) : 0n) + (currency === this.native ? BigInt(tx.gas) * BigInt(tx.price) : 0n)
      if (cost > (worst.get(tx.nonce) ?? 0n)) worst.set(tx.nonce, cost)
    }
    for (const cost of worst.values()) sum -= cost
    return sum
  }

  async price(): Promise<bigint> {
    const asked = await this.rpc.gasPrice()
    return asked > this.policy.minimumGasPrice ? asked : this.policy.minimumGasPrice
  }

  /** The nonce for a sweep: that of a parked one, which it takes the place of, if there is one. */
  async sweepNonce(address: Hex): Promise<number> {
    const parked = this.store.get<{ nonce: number | null }>("SELECT min(nonce) AS nonce FROM txs WHERE address = ? AND state = 'PARKED'", address)
    return parked?.nonce ?? await this.nonce(address)
  }

  /** The next nonce of an account: the node's, or behind what we have signed that is in no block yet. */
  async nonce(address: Hex): Promise<number> {
    const live = this.store.all<TxRow>("SELECT * FROM txs WHERE address = ? AND state = 'LIVE' ORDER BY nonce", address)
    if (new Set(live.map(tx => tx.nonce)).size >= this.policy.pendingPerAccount) {
      throw new NetworkError('NETWORK_REFUSED', `a node keeps ${this.policy.pendingPerAccount} transactions of an account: wait until one is in a block`)
    }
    return Math.max(await this.rpc.nonce(address), (live.at(-1)?.nonce ?? -1) + 1)
  }
}

/** What a fact does to the addresses chosen. */
export function effect(fact: FactRow, currency: string, chosen: (address: string) => boolean, native: string, credits: boolean): bigint {
  let sum = 0n
  if (fact.debit !== null && chosen(fact.debit)) {
    if (fact.currency === currency && fact.kind !== 'FAILED') sum -= BigInt(fact.amount)
    if (currency === native) sum -= BigInt(fact.fee)
  }
  if (credits && fact.credit !== null && chosen(fact.credit) && fact.currency === currency) sum += BigInt(fact.amount)
  return sum
}
