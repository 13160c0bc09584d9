import * as L from 'lightningdevkit'
import type { NodeBalances, NodeChannel } from '../node.ts'
import type { Parts } from './parts.ts'
import type { NodeStore } from './store.ts'
import { hex } from './wallet.ts'
import type { NodeWallet } from './wallet.ts'

/** So deep a deposit or a fee of ours is told of. */
const DEPTH = 3

const some = <T>(option: unknown): T | null => (option !== null && typeof option === 'object' && 'some' in option ? (option as { some: T }).some : null)

/** Deposits, and what our own transactions took, once they are deep enough. */
export function tellConfirmed(store: NodeStore, height: number): void {
  const deep = height - DEPTH + 1
  for (const row of store.all('SELECT txid, vout, sats FROM coin WHERE told = 0 AND height IS NOT NULL AND height <= ? AND txid NOT IN (SELECT txid FROM tx)', deep)) {
    const id = `${String(row['txid'])}:${String(row['vout'])}`
    store.tell({ key: `deposit:${id}`, kind: 'ONCHAIN', id, amount: BigInt(Number(row['sats'])) * 1000n })
    store.run('UPDATE coin SET told = 1 WHERE txid = ? AND vout = ?', String(row['txid']), Number(row['vout']))
  }
  for (const row of store.all("SELECT txid, kind, fee, amount FROM tx WHERE height <= ? AND kind IN ('FUNDING', 'WITHDRAW')", deep)) {
    const txid = String(row['txid'])
    if (row['kind'] === 'WITHDRAW') store.tell({ key: `withdraw:${txid}`, kind: 'ONCHAIN', id: txid, amount: -BigInt(Number(row['amount'])) * 1000n })
    store.tell({ key: `fee:${txid}`, kind: 'FEE', id: txid, amount: BigInt(Number(row['fee'])) * 1000n, reason: String(row['kind']) })
  }
}

/** What is ours in a channel, to the millisatoshi, what it owes for its commitment included: from what either side could send. */
function oursIn(channel: L.ChannelDetails): bigint {
  const capacity = channel.get_channel_value_satoshis() * 1000n
  const inbound = channel.get_inbound_capacity_msat()
  const theirReserve = channel.get_counterparty().get_unspendable_punishment_reserve() * 1000n
  const outbound = channel.get_outbound_capacity_msat()
  const ourReserve = (some<bigint>(channel.get_unspendable_punishment_reserve()) ?? 0n) * 1000n
  const pendingIn = channel.get_pending_inbound_htlcs().reduce((sum, htlc) => sum + htlc.get_amount_msat(), 0n)
  if (inbound > 0n) return capacity - inbound - theirReserve - pendingIn
  return outbound > 0n ? outbound + ourReserve : 0n
}

export function channelsOf(store: NodeStore, { manager }: Parts): NodeChannel[] {
  return manager.list_channels().map((channel) => {
    const state = store.get('SELECT state FROM channel WHERE id = ?', hex(channel.get_channel_id().get_a()))?.['state']
    const shutdown = some<number>(channel.get_channel_shutdown_state())
    const closing = shutdown !== null && shutdown !== L.ChannelShutdownState.LDKChannelShutdownState_NotShuttingDown
    return {
      id: hex(channel.get_channel_id().get_a()), peer: hex(channel.get_counterparty().get_node_id()), capacityMsat: channel.get_channel_value_satoshis() * 1000n, oursMsat: oursIn(channel),
      reserveMsat: (some<bigint>(channel.get_unspendable_punishment_reserve()) ?? 0n) * 1000n, canSendMsat: channel.get_outbound_capacity_msat(), canReceiveMsat: channel.get_inbound_capacity_msat(),
      usable: Boolean(channel.get_is_usable()), state: closing || state === 'CLOSING' ? 'CLOSING' : channel.get_is_channel_ready() ? 'OPEN' : 'OPENING',
    }
  })
}

/** Keeps what is ours in each channel, and tells of what a close took once all of it is back. */
export function settleChannels(store: NodeStore, parts: Parts, height: number): void {
  for (const { id, capacityMsat, oursMsat, state } of channelsOf(store, parts)) {
    const row = store.get('SELECT capacity, ours, state FROM channel WHERE id = ?', id)
    if (!row) continue
    if (row['capacity'] !== capacityMsat.toString() || row['ours'] !== oursMsat.toString() || row['state'] !== state) {
      store.run('UPDATE channel SET capacity = ?, ours = ?, state = ? WHERE id = ?', capacityMsat.toString(), oursMsat.toString(), state, id)
    }
  }
  const closed = store.all("SELECT id, ours FROM channel WHERE state = 'CLOSED'")
  if (closed.length === 0 || claimable(parts).length > 0) return
  for (const row of closed) {
    const id = String(row['id'])
    const swept = sweptOf(store, id, height)
    if (swept.waiting) continue
    store.run("UPDATE channel SET state = 'DONE', swept = ? WHERE id = ?", swept.msat.toString(), id)
    const took = BigInt(String(row['ours'])) - swept.msat
    if (took > 0n) store.tell({ key: `close:${id}`, kind: 'FEE', id, amount: took, reason: 'CLOSE' })
  }
}

/** What came back of a channel: confirmed sweeps, and whether one is under way. */
function sweptOf(store: NodeStore, channel: string, height: number): { readonly msat: bigint; readonly waiting: boolean } {
  let msat = 0n
  let waiting = false
  for (const row of store.all("SELECT tx.height AS height, coalesce(sum(coin.sats), 0) AS sats FROM tx LEFT JOIN coin ON coin.txid = tx.txid WHERE tx.kind = 'SWEEP' AND tx.channel = ? GROUP BY tx.txid", channel)) {
    if (row['height'] === null || Number(row['height']) > height - DEPTH + 1) waiting = true
    if (row['height'] !== null) msat += BigInt(Number(row['sats'])) * 1000n
  }
  return { msat, waiting }
}

interface Claim {
  readonly sats: bigint
  readonly reason: string
  readonly height: number | null
}

/** What the chain still holds of closed channels: why, and until which height. LDK does not say of which. */
function claimable({ monitor, manager }: Parts): Claim[] {
  return monitor.get_claimable_balances(manager.list_channels()).flatMap((balance): Claim[] => {
    if (balance instanceof L.Balance_ClaimableOnChannelClose) return [{ sats: balance.amount_satoshis, reason: 'CLOSING', height: null }]
    if (balance instanceof L.Balance_ClaimableAwaitingConfirmations) return [{ sats: balance.amount_satoshis, reason: 'FORCE_CLOSE_DELAY', height: balance.confirmation_height }]
    if (balance instanceof L.Balance_ContentiousClaimable) return [{ sats: balance.amount_satoshis, reason: 'PAYMENT_IN_DISPUTE', height: balance.timeout_height }]
    if (balance instanceof L.Balance_MaybeTimeoutClaimableHTLC) return [{ sats: balance.amount_satoshis, reason: 'PAYMENT_MAY_TIME_OUT', height: balance.claimable_height }]
    if (balance instanceof L.Balance_MaybePreimageClaimableHTLC) return []
    if (balance instanceof L.Balance_CounterpartyRevokedOutputClaimable) return [{ sats: balance.amount_satoshis, reason: 'PENALTY', height: null }]
    return []
  })
}

/** What the node holds: the parts sum up to what its events came to. */
export function balancesOf(store: NodeStore, parts: Parts, wallet: NodeWallet, height: number): NodeBalances {
  const { confirmed, pending } = wallet.balance()
  const closed = store.all("SELECT id, ours FROM channel WHERE state = 'CLOSED'")
  const claims = closed.length === 0 ? [] : claimable(parts)
  const locked = closed.flatMap((row) => {
    const left = BigInt(String(row['ours'])) - sweptOf(store, String(row['id']), height).msat
    const release = claims.reduce<number | null>((most, { height: at }) => (at === null ? most : Math.max(most ?? 0, at)), null)
    return left <= 0n ? [] : [{ amountMsat: left, reason: claims[0]?.reason ?? 'BEING_SWEPT', releaseHeight: release }]
  })
  const channelsMsat = channelsOf(store, parts).filter(({ id }) => store.get("SELECT 1 AS found FROM channel WHERE id = ? AND state NOT IN ('CLOSED', 'DONE')", id) !== undefined).reduce((sum, { oursMsat }) => sum + oursMsat, 0n)
  return { channelsMsat, onchainMsat: confirmed * 1000n, onchainPendingMsat: pending * 1000n, locked }
}
