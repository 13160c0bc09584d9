// Rootstock's own rules, in one place: what differs from other EVM chains, and how careful we are.

export interface RootstockPolicy {
  /** wei per gas below which no node takes a transaction; the node's own figure counts where it is higher. */
  readonly minimumGasPrice: bigint
  /** wei per gas above which nothing is swept. */
  readonly sweepGasPrice: bigint
  /** In RBTC's wei: below this an address is not swept. */
  readonly sweepFrom: bigint
  /** A replacement must pay this much more, in percent (rskj: 40; others: 10). */
  readonly replacementPercent: bigint
  /** Nodes keep at most so many transactions of one account that are in no block. */
  readonly pendingPerAccount: number
  /** Blocks after which a node forgets a transaction that is in none; it is replaced by then. */
  readonly dropAfter: number
  /** Blocks whose logs are asked for at once; fewer where the node refuses. */
  readonly logRange: number
  /** Blocks asked for at the same time. */
  readonly blocksAtOnce: number
  /** Hashes of so many last blocks are kept: a reorganisation may be so deep. */
  readonly keepBlocks: number
  /** [up to this much of RBTC in wei, confirmations], ascending; `deepest` beyond. A token has its own table. */
  readonly confirmations: readonly (readonly [bigint, number])[]
  readonly deepest: number
  /** ms between two looks; Rootstock makes a block in about 30 s. */
  readonly pollMs: number
  readonly timeoutMs: number
}

export const ROOTSTOCK_POLICY: RootstockPolicy = {
  minimumGasPrice: 60_000_000n, sweepGasPrice: 600_000_000n, sweepFrom: 10_000_000_000_000n, replacementPercent: 40n, pendingPerAccount: 16,
  dropAfter: 10, logRange: 100, blocksAtOnce: 8, keepBlocks: 4_000,
  confirmations: [[1_000_000_000_000_000n, 4], [100_000_000_000_000_000n, 12], [1_000_000_000_000_000_000n, 30]], deepest: 120,
  pollMs: 10_000, timeoutMs: 15_000,
}

export const TRANSFER_GAS = 21_000n

export interface RootstockToken {
  readonly code: string
  readonly address: string
  readonly exponent: number
  /** As in the policy, in the token's units; by default 12 for any amount. */
  readonly confirmations?: readonly (readonly [bigint, number])[]
  /** Below this an address is not swept; by default one unit. */
  readonly sweepFrom?: bigint
}
