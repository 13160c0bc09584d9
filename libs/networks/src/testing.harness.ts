import type { Amount } from '@growr/money'
import type { PaymentNetwork } from './port.ts'

/** What of a test runner the suite needs; vitest's functions fit as they are. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  test(name: string, body: () => Promise<void>): unknown
  beforeAll(body: () => Promise<void>): unknown
  afterAll(body: () => Promise<void>): unknown
  afterEach(body: () => Promise<void>): unknown
}

/**
 * HANG: the node takes the question and never answers. DOWN: nobody listens. SYNCING: it says that it is behind.
 * BROADCAST: it answers all but takes no transaction, and never says so (what was sent is lost on the way).
 */
export type Fault = 'HANG' | 'DOWN' | 'SYNCING' | 'BROADCAST'

/** A real node with the network under test in front of it, and somebody outside who pays and is paid. */
export interface ConformanceHarness {
  /** The one that runs now: another object after `restart`. */
  readonly network: PaymentNetwork
  /** In the network's first currency, in minor units: a payment; what pays for several of them with their fees; a sufficient ceiling. */
  readonly payment: bigint
  readonly funding: bigint
  readonly maxFee: bigint
  /** Too little to be carried; null where nothing is. */
  readonly dust: bigint | null
  /** ADDRESS_INVALID and ADDRESS_FOREIGN each. */
  readonly wrong: { readonly invalid: readonly string[]; readonly foreign: readonly string[] }
  /** Where to pay for this tag: by default the address of `createListener`; an invoice on Lightning. */
  listen?(wallet: string, tag: string, amount: Amount): Promise<string>
  /** Somebody outside pays there; nothing is mined. */
  pay(to: string, amount: Amount): Promise<void>
  /** A fresh address (or invoice) of somebody outside. */
  outside(amount: Amount): Promise<string>
  /** What has arrived there, in minor units. */
  arrived(to: string): Promise<bigint>
  /** Mines blocks with all that waits; nothing on Lightning. */
  mine(blocks: number): Promise<void>
  /** Gives the node time where it works by itself (Lightning). */
  wait?(): Promise<void>
  /** `away`: the last blocks are replaced by as many and one more, without the payments that stood in them; `back`: those are mined again. */
  readonly reorganisation?: { away(blocks: number): Promise<void>; back(): Promise<void> }
  /** STOP: `stop`, then opened again. CRASH: opened on what lay on disk at this moment, without `stop`. `meanwhile` runs in between. */
  restart(how: 'STOP' | 'CRASH', meanwhile?: () => Promise<void>): Promise<void>
  /** Null: the node is well again. Resolves to false where the network has no such fault. */
  fault(fault: Fault | null): Promise<boolean>
  /** What the node itself says that all wallets hold together, by currency: not by way of the adapter. */
  holds(): Promise<ReadonlyMap<string, bigint>>
  close(): Promise<void>
}
