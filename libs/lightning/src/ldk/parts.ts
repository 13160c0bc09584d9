import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { NetworkError } from '@growr/networks'
import * as L from 'lightningdevkit'
import { HDKey } from '@scure/bip32'
import { Offers, pathsByPeers } from './offers.ts'
import type { NodeStore } from './store.ts'
import type { BlockListener, Tip } from './chain.ts'
import { hex, turned, unhex } from './wallet.ts'

/** LDK's pieces, put together around one store. Its wrappers are finalised with their last reference: `keep` holds those that only LDK uses. */
export interface Parts {
  readonly manager: L.ChannelManager
  readonly peers: L.PeerManager
  readonly monitor: L.ChainMonitor
  readonly messenger: L.OnionMessenger
  readonly keys: L.KeysManager
  readonly graph: L.NetworkGraph
  readonly offers: Offers
  /** Who has to be brought to the chain's end before anything else, each from its own block. */
  readonly behind: readonly { readonly from: Tip; readonly listener: BlockListener }[]
  /** To be called when they are: the monitors are watched from then on. */
  watch(): void
  readonly keep: readonly unknown[]
}

export interface PartsOptions {
  readonly seed: Uint8Array
  readonly chain: string
  readonly store: NodeStore
  readonly tip: Tip
  /** Monitors that have changed and are not stored yet. */
  readonly dirty: Map<string, Uint8Array>
  readonly broadcast: (transactions: readonly Uint8Array[]) => void
  /** Satoshis for a thousand weight units, as bitcoind estimates. */
  readonly rate: () => number
  readonly log: (level: number, message: string) => void
}

const NETWORKS: Readonly<Record<string, L.Network>> = { main: L.Network.LDKNetwork_Bitcoin, test: L.Network.LDKNetwork_Testnet, testnet4: L.Network.LDKNetwork_Testnet, signet: L.Network.LDKNetwork_Signet, regtest: L.Network.LDKNetwork_Regtest }
export const networkOf = (chain: string): L.Network => NETWORKS[chain] ?? L.Network.LDKNetwork_Regtest

let loaded: Promise<void> | undefined
/** The library itself, once in a process. */
export function loadLdk(): Promise<void> {
  const require = createRequire(import.meta.url)
  loaded ??= L.initializeWasmFromBinary(readFileSync(join(dirname(require.resolve('lightningdevkit')), 'liblightningjs.wasm')))
  return loaded
}

/** The value of one of LDK's results. NETWORK_STORE: what is stored cannot be read. */
export function must<T>(result: unknown, what: string): T {
  const { is_ok, res } = result as { is_ok(): boolean; res: T }
  if (!is_ok.call(result)) throw new NetworkError('NETWORK_STORE', `${what} cannot be read: the Lightning node does not start with it`)
  return res
}

const T = L.ConfirmationTarget
/** Below this nodes carry nothing; a peer whose rate is a little below ours is no reason to close. */
const LEAST = 253
/** A peer's commitment may pay so much: a rate above it would close the channel, so it is generous. */
const GENEROUS = 100_000

/** Opens LDK on what the store has, or anew. */
export function openParts({ seed, chain, store, tip, dirty, broadcast, rate, log }: PartsOptions): Parts {
  const logger = L.Logger.new_impl({ log: (record: L.Record) => log(record.get_level(), `${record.get_module_path()}: ${record.get_args()}`) })
  const fee = L.FeeEstimator.new_impl({
    get_est_sat_per_1000_weight: (target: L.ConfirmationTarget) => {
      if (target === T.LDKConfirmationTarget_MinAllowedAnchorChannelRemoteFee || target === T.LDKConfirmationTarget_MinAllowedNonAnchorChannelRemoteFee) return LEAST
      if (target === T.LDKConfirmationTarget_MaximumFeeEstimate) return Math.max(GENEROUS, rate() * 20)
      if (target === T.LDKConfirmationTarget_UrgentOnChainSweep) return Math.max(LEAST, rate() * 2)
      return Math.max(LEAST, rate())
    },
  })
  const broadcaster = L.BroadcasterInterface.new_impl({ broadcast_transactions: (transactions: Uint8Array[]) => broadcast(transactions.map((one) => Uint8Array.from(one))) })
  const mark = (outpoint: L.OutPoint, monitor: L.ChannelMonitor): L.ChannelMonitorUpdateStatus => {
    dirty.set(`${hex(turned(outpoint.get_txid()))}:${outpoint.get_index()}`, monitor.write())
    // It is told that it is stored at once; instead, nothing leaves the process until it is.
    return L.ChannelMonitorUpdateStatus.LDKChannelMonitorUpdateStatus_Completed
  }
  const persist = L.Persist.new_impl({
    persist_new_channel: (outpoint: L.OutPoint, monitor: L.ChannelMonitor) => mark(outpoint, monitor),
    update_persisted_channel: (outpoint: L.OutPoint, _update: L.ChannelMonitorUpdate, monitor: L.ChannelMonitor) => mark(outpoint, monitor),
    archive_persisted_channel: () => undefined,
  })
  const now = Date.now()
  const master = HDKey.fromMasterSeed(seed).derive("m/535'/0'").privateKey
  if (!master) throw new NetworkError('KEY_INVALID', 'the seed gives no key')
  const keys = L.KeysManager.constructor_new(master, BigInt(Math.floor(now / 1000)), (now % 1000) * 1_000_000)
  const [entropy, signer, provider] = [keys.as_EntropySource(), keys.as_NodeSigner(), keys.as_SignerProvider()]
  const monitor = L.ChainMonitor.constructor_new(L.Option_FilterZ.constructor_none(), broadcaster, logger, fee, persist)
  const known = store.blob('graph')
  const graph = known === undefined ? L.NetworkGraph.constructor_new(networkOf(chain), logger) : must<L.NetworkGraph>(L.NetworkGraph.constructor_read(known, logger), 'the graph')
  const scorer = L.ProbabilisticScorer.constructor_new(L.ProbabilisticScoringDecayParameters.constructor_default(), graph, logger)
  const score = L.MultiThreadedLockableScore.constructor_new(scorer.as_Score())
  const router = L.DefaultRouter.constructor_new(graph, logger, entropy, score.as_LockableScore(), L.ProbabilisticScoringFeeParameters.constructor_default())
  const defaultMessages = L.DefaultMessageRouter.constructor_new(graph, entropy)
  const messageRouter = pathsByPeers(defaultMessages.as_MessageRouter(), entropy)
  const config = configuration()
  const best = L.BestBlock.constructor_new(turned(unhex(tip.hash)), tip.height)

  const behind: { from: Tip; listener: BlockListener }[] = []
  const monitors: L.ChannelMonitor[] = []
  const tipOf = (block: L.BestBlock): Tip => ({ hash: hex(turned(block.get_block_hash())), height: block.get_height() })
  for (const row of store.all('SELECT id, value FROM monitor')) {
    const one = must<L.TwoTuple_ThirtyTwoBytesChannelMonitorZ>(L.UtilMethods.constructor_C2Tuple_ThirtyTwoBytesChannelMonitorZ_read(row['value'] as Uint8Array, entropy, provider), 'a channel').get_b()
    monitors.push(one)
    behind.push({
      from: tipOf(one.current_best_block()),
      listener: {
        async connected({ header, height, transactions }) {
          const numbered = (await transactions()).map((raw, index) => L.TwoTuple_usizeTransactionZ.constructor_new(index, raw))
          one.block_connected(header, numbered, height, broadcaster, fee, logger)
        },
        disconnected: (header, height) => one.block_disconnected(header, height, broadcaster, fee, logger),
      },
    })
  }
  const stored = store.blob('manager')
  let manager: L.ChannelManager
  if (stored === undefined) {
    manager = L.ChannelManager.constructor_new(fee, monitor.as_Watch(), broadcaster, router.as_Router(), messageRouter, logger, entropy, signer, provider, config, L.ChainParameters.constructor_new(networkOf(chain), best), Math.floor(now / 1000))
  } else {
    manager = must<L.TwoTuple_ThirtyTwoBytesChannelManagerZ>(
      L.UtilMethods.constructor_C2Tuple_ThirtyTwoBytesChannelManagerZ_read(stored, entropy, signer, provider, fee, monitor.as_Watch(), broadcaster, router.as_Router(), messageRouter, logger, config, monitors),
      'the node\'s state',
    ).get_b()
    const listen = manager.as_Listen()
    behind.push({ from: tipOf(manager.current_best_block()), listener: { connected: ({ raw, height }) => listen.block_connected(raw, height), disconnected: (header, height) => listen.block_disconnected(header, height) } })
  }
  const offers = new Offers({ seed, chain, store, entropy, signer, router: router.as_Router(), messages: messageRouter, manager: () => manager, log })
  const ignoring = L.IgnoringMessageHandler.constructor_new()
  const messenger = L.OnionMessenger.constructor_new(entropy, signer, logger, manager.as_NodeIdLookUp(), messageRouter, offers.handler, manager.as_AsyncPaymentsMessageHandler(), manager.as_DNSResolverMessageHandler(), ignoring.as_CustomOnionMessageHandler())
  const gossip = L.P2PGossipSync.constructor_new(graph, L.Option_UtxoLookupZ.constructor_none(), logger)
  const peers = L.PeerManager.constructor_new(manager.as_ChannelMessageHandler(), gossip.as_RoutingMessageHandler(), messenger.as_OnionMessageHandler(), ignoring.as_CustomMessageHandler(), Math.floor(now / 1000), new Uint8Array(randomBytes(32)), logger, signer)
  return {
    manager, peers, monitor, messenger, keys, graph, offers, behind,
    watch: () => {
      for (const one of monitors) monitor.as_Watch().watch_channel(one.get_funding_txo().get_a(), one)
    },
    keep: [logger, fee, broadcaster, persist, scorer, score, router, defaultMessages, messageRouter, config, ignoring, gossip, entropy, signer, provider, monitors, best],
  }
}

function configuration(): L.UserConfig {
  const config = L.UserConfig.constructor_default()
  const ours = config.get_channel_handshake_config()
  ours.set_minimum_depth(3)
  // Every payment of a borrower goes over few channels with peers that were chosen: nothing is announced, and nothing forwarded for others.
  ours.set_announce_for_forwarding(false)
  config.set_channel_handshake_config(ours)
  const limits = config.get_channel_handshake_limits()
  limits.set_force_announced_channel_preference(false)
  config.set_channel_handshake_limits(limits)
  config.set_manually_accept_inbound_channels(true)
  // What an offer's invoice says is looked at, and kept as the proof, before it is paid.
  config.set_manually_handle_bolt12_invoices(true)
  return config
}
