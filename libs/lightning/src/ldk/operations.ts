import { createHash } from 'node:crypto'
import { chainOf } from '@growr/bitcoin'
import { NetworkError } from '@growr/networks'
import * as L from 'lightningdevkit'
import { readOffer } from '../bolt12.ts'
import type { LightningNode, NodeBalances, NodeChannel, NodeEvent, NodeInfo, NodeInvoice, NodePayment } from '../node.ts'
import { balancesOf, channelsOf } from './books.ts'
import type { Engine } from './engine.ts'
import { keepPush } from './events.ts'
import { networkOf } from './parts.ts'
import { hex, unhex } from './wallet.ts'

type Result<T> = { is_ok(): boolean; res: T; err: unknown }

const some = <T>(option: unknown): T | null => (option !== null && typeof option === 'object' && 'some' in option ? (option as { some: T }).some : null)
const optional = (value: bigint | null): L.Option_u64Z => (value === null ? L.Option_u64Z.constructor_none() : L.Option_u64Z.constructor_some(value))
/** LDK's name of a payment. */
const pidOf = (id: string): Uint8Array => new Uint8Array(createHash('sha256').update(id).digest())
const ATTEMPTS = 8
/** Our number of a channel, which stays the same while its names change: the same forwards and backwards, since the bindings (0.1.2) write 128 bits in one order, read them in the other, and take 124. */
function numberOf(id: string): bigint {
  const half = createHash('sha256').update(id).digest().subarray(0, 8)
  half[0] = 0
  return BigInt(`0x${half.toString('hex')}${Buffer.from(half.toReversed()).toString('hex')}`)
}

/** What the parent asks for, by name. Whatever an operation changes is on the disk when it answers. */
export function operationsOf(engine: Engine): Omit<LightningNode, 'implementation' | 'start' | 'stop' | 'onEvent' | 'setSending'> & { sending(on: boolean): Promise<void> } {
  const { store } = engine
  let sending = true
  const manager = (): L.ChannelManager => engine.parts.manager
  /** Runs at once, and answers after the commit. */
  const done = <T>(value: T): T => {
    engine.pump()
    return value
  }

  async function createInvoice({ amountMsat, description, expirySeconds }: Parameters<LightningNode['createInvoice']>[0]): Promise<NodeInvoice> {
    const about = typeof description === 'string'
      ? L.Bolt11InvoiceDescription.constructor_direct(readable(L.Description.constructor_new(description), 'the description of an invoice'))
      : L.Bolt11InvoiceDescription.constructor_hash(L.Sha256.constructor_from_bytes(unhex(description.hash)))
    const made = manager().create_bolt11_invoice(optional(amountMsat), about, L.Option_u32Z.constructor_some(expirySeconds), L.Option_u16Z.constructor_none(), L.Option_ThirtyTwoBytesZ.constructor_none()) as unknown as Result<L.Bolt11Invoice>
    if (!made.is_ok()) throw new NetworkError('NETWORK_REFUSED', 'the node makes no such invoice')
    const hash = hex(made.res.payment_hash())
    const expires = Date.now() + expirySeconds * 1000
    store.run("INSERT INTO invoice (hash, status, amount, expires) VALUES (?, 'OPEN', ?, ?)", hash, amountMsat === null ? null : amountMsat.toString(), expires)
    return done({ invoice: made.res.to_str(), paymentHash: hash, expiresAt: new Date(expires) })
  }

  async function cancelInvoice(hash: string): Promise<boolean> {
    const status = store.get('SELECT status FROM invoice WHERE hash = ?', hash)?.['status']
    if (status === 'CANCELLED') return true
    if (status !== 'OPEN') return false
    store.run("UPDATE invoice SET status = 'CANCELLED' WHERE hash = ?", hash)
    return done(true)
  }

  function rowOf(id: string): NodePayment | null {
    const row = store.get('SELECT payment.*, proof.invoice FROM payment LEFT JOIN proof ON proof.hash = payment.hash WHERE id = ?', id)
    const invoice = row?.['invoice']
    return row === undefined ? null : {
      id, status: row['status'] as NodePayment['status'], paymentHash: row['hash'] as string | null, preimage: row['preimage'] as string | null,
      amountMsat: BigInt(String(row['amount'])), feeMsat: BigInt(String(row['fee'])), reason: row['reason'] as string | null, invoice: invoice instanceof Uint8Array ? hex(invoice) : null,
    }
  }

  async function pay({ id, to, amountMsat, maxFeeMsat }: Parameters<LightningNode['pay']>[0]): Promise<NodePayment> {
    const known = rowOf(id)
    if (known) return known
    if (!sending) throw new NetworkError('NETWORK_SENDING_OFF', 'sending is off until the node has been reconciled')
    const target = to.trim().toLowerCase().replace(/^lightning:/, '')
    const keep = (hash: string | null): void => store.run(
      "INSERT INTO payment (id, pid, target, hash, amount, maxFee, status, preimage, fee, reason) VALUES (?, ?, ?, ?, ?, ?, 'PENDING', NULL, '0', NULL)",
      id, hex(pidOf(id)), target, hash, amountMsat.toString(), maxFeeMsat.toString(),
    )
    if (target.startsWith('lno1')) {
      const { id: offerId, amountMsat: named } = readOffer(target, { chain: chainOf(engine.options.chain), now: new Date() })
      if (store.get('SELECT 1 AS found FROM offer WHERE id = ?', offerId)) throw new NetworkError('INVOICE_OWN', 'the offer is of this node: it is settled inside')
      if (named !== null && named !== amountMsat) throw new NetworkError('AMOUNT_MISMATCH', 'the offer names another amount', { named: named.toString() })
      const offer = readable<L.Offer>(L.Offer.constructor_from_str(target), 'the offer')
      const asked = manager().pay_for_offer(offer, optional(null), optional(amountMsat), L.Option_StrZ.constructor_none(), pidOf(id), L.Retry.constructor_attempts(ATTEMPTS), optional(maxFeeMsat)) as unknown as Result<void>
      if (!asked.is_ok()) throw new NetworkError('NO_ROUTE', 'the offer cannot be paid from here')
      keep(null)
      return done(rowOf(id) as NodePayment)
    }
    const invoice = readable<L.Bolt11Invoice>(L.Bolt11Invoice.constructor_from_str(target), 'the invoice')
    const hash = hex(invoice.payment_hash())
    requirePayable(invoice, hash, amountMsat)
    const parameters = (some<bigint>(invoice.amount_milli_satoshis()) === null
      ? L.UtilMethods.constructor_payment_parameters_from_variable_amount_invoice(invoice, amountMsat)
      : L.UtilMethods.constructor_payment_parameters_from_invoice(invoice)) as unknown as Result<L.ThreeTuple_ThirtyTwoBytesRecipientOnionFieldsRouteParametersZ>
    if (!parameters.is_ok()) throw new NetworkError('ADDRESS_INVALID', 'the invoice cannot be paid')
    const route = parameters.res.get_c()
    route.set_max_total_routing_fee_msat(L.Option_u64Z.constructor_some(maxFeeMsat))
    const sent = manager().send_payment(parameters.res.get_a(), parameters.res.get_b(), pidOf(id), route, L.Retry.constructor_attempts(ATTEMPTS)) as unknown as Result<void>
    if (!sent.is_ok()) {
      if (sent.err === L.RetryableSendFailure.LDKRetryableSendFailure_PaymentExpired) throw new NetworkError('INVOICE_EXPIRED', 'the invoice has expired')
      throw refusal(amountMsat)
    }
    keep(hash)
    return done(rowOf(id) as NodePayment)
  }

  /** Why nobody carries it: too little here, or no way there. */
  function refusal(amountMsat: bigint): NetworkError {
    const can = channelsOf(store, engine.parts).reduce((sum, { canSendMsat, usable }) => (usable ? sum + canSendMsat : sum), 0n)
    return can < amountMsat ? new NetworkError('BALANCE_INSUFFICIENT', 'the channels can send less than this') : new NetworkError('NO_ROUTE', 'nobody carries this payment now')
  }

  function requirePayable(invoice: L.Bolt11Invoice, hash: string, amountMsat: bigint): void {
    const chain = invoice.currency()
    const ours = { [L.Network.LDKNetwork_Bitcoin]: L.Currency.LDKCurrency_Bitcoin, [L.Network.LDKNetwork_Testnet]: L.Currency.LDKCurrency_BitcoinTestnet, [L.Network.LDKNetwork_Signet]: L.Currency.LDKCurrency_Signet, [L.Network.LDKNetwork_Regtest]: L.Currency.LDKCurrency_Regtest }[networkOf(engine.options.chain)]
    if (chain !== ours) throw new NetworkError('ADDRESS_FOREIGN', 'the invoice is of another chain')
    if (invoice.would_expire(BigInt(Math.floor(Date.now() / 1000)))) throw new NetworkError('INVOICE_EXPIRED', 'the invoice has expired')
    if (store.get('SELECT 1 AS found FROM invoice WHERE hash = ?', hash)) throw new NetworkError('INVOICE_OWN', 'the invoice is of this node: it is settled inside')
    if (store.get("SELECT 1 AS found FROM payment WHERE hash = ? AND status <> 'FAILED'", hash)) throw new NetworkError('INVOICE_PAID', 'this invoice was paid, or is being paid')
    const named = some<bigint>(invoice.amount_milli_satoshis())
    if (named !== null && named !== amountMsat) throw new NetworkError('AMOUNT_MISMATCH', 'the invoice names another amount', { named: named.toString() })
  }

  async function events({ after, limit }: { after: number; limit: number }): Promise<readonly NodeEvent[]> {
    return store.all('SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?', after, Math.min(limit, 1_000)).map((row) => ({
      seq: Number(row['seq']), kind: row['kind'] as NodeEvent['kind'], key: String(row['key']), id: String(row['id']), paymentHash: row['hash'] as string | null, preimage: row['preimage'] as string | null,
      amountMsat: BigInt(String(row['amount'])), feeMsat: BigInt(String(row['fee'])), reason: row['reason'] as string | null, at: new Date(Number(row['at'])),
    }))
  }

  async function connect(peer: string, address: string): Promise<void> {
    if (!/^0[23][0-9a-f]{64}$/.test(peer) || !/^\S+:\d{1,5}$/.test(address)) throw new NetworkError('ADDRESS_INVALID', 'a peer is 33 bytes as hex, with host:port')
    await engine.peers.dial(peer, address)
    store.run('INSERT INTO peer (id, address) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET address = excluded.address', peer, address)
    done(null)
  }

  async function openChannel({ id, peer, address, capacityMsat, pushMsat }: Parameters<LightningNode['openChannel']>[0]): Promise<{ id: string }> {
    const asked = JSON.stringify([peer, capacityMsat.toString(), pushMsat.toString()])
    const known = (): { id: string } | null => {
      const row = store.get('SELECT asked, channel FROM opening WHERE id = ?', id)
      if (row !== undefined && row['asked'] !== asked) throw new NetworkError('NETWORK_ID_REUSED', 'this id opened another channel')
      return row === undefined ? null : { id: String(row['channel']) }
    }
    const before = known()
    if (before) return before
    const { confirmed } = engine.wallet.balance()
    const sats = capacityMsat / 1000n
    if (confirmed < sats + 1_000n) throw new NetworkError('BALANCE_INSUFFICIENT', 'the node holds too little on the chain for this channel', { held: Number(confirmed) })
    await connect(peer, address)
    // Another of the same may have come while the peer was dialled; from here to the commit nothing waits.
    const meanwhile = known()
    if (meanwhile) return meanwhile
    const number = numberOf(id)
    const opened = manager().create_channel(unhex(peer), sats, pushMsat, number, null as never, null as never) as unknown as Result<L.ChannelId>
    if (!opened.is_ok()) throw new NetworkError('NETWORK_REFUSED', 'no channel of this kind can be opened with this peer')
    if (pushMsat > 0n) keepPush(store, opened.res, -pushMsat)
    const channel = hex(opened.res.get_a())
    store.run('INSERT INTO opening (id, asked, number, channel) VALUES (?, ?, ?, ?)', id, asked, number.toString(), channel)
    return done({ id: channel })
  }

  async function closeChannel(id: string, force: boolean): Promise<void> {
    // Until it is funded a channel has another name, which is the one that its opening answered.
    const number = store.get('SELECT number FROM opening WHERE channel = ?', id)?.['number']
    const channel = manager().list_channels().find((one) => hex(one.get_channel_id().get_a()) === id || one.get_user_channel_id().toString() === number)
    if (!channel) throw new NetworkError('WALLET_UNKNOWN', 'there is no such channel')
    const peer = channel.get_counterparty().get_node_id()
    const closed = (force ? manager().force_close_broadcasting_latest_txn(channel.get_channel_id(), peer, 'closed by the operator') : manager().close_channel(channel.get_channel_id(), peer)) as unknown as Result<void>
    if (!closed.is_ok()) throw new NetworkError('NETWORK_REFUSED', 'the channel cannot be closed so: is the peer there? Closing by force does without it')
    done(null)
  }

  async function withdraw(to: string, amountMsat: bigint, maxFeeMsat: bigint): Promise<string> {
    if (!sending) throw new NetworkError('NETWORK_SENDING_OFF', 'sending is off until the node has been reconciled')
    if (amountMsat % 1000n !== 0n) throw new NetworkError('AMOUNT_MISMATCH', 'on the chain an amount is in whole satoshis')
    const { raw, txid } = await engine.wallet.pay([{ script: engine.wallet.scriptOf(to), sats: amountMsat / 1000n }], maxFeeMsat / 1000n, 'WITHDRAW', null)
    done(null)
    await engine.wallet.broadcast([hex(raw)])
    return txid
  }

  return {
    createInvoice, cancelInvoice, pay, events, connect, openChannel, closeChannel, withdraw,
    createOffer: ({ amountMsat, description }) => Promise.resolve().then(() => done(engine.parts.offers.create(amountMsat, description))),
    payment: (id) => Promise.resolve(rowOf(id)),
    channels: (): Promise<readonly NodeChannel[]> => Promise.resolve(channelsOf(store, engine.parts)),
    balances: (): Promise<NodeBalances> => Promise.resolve(balancesOf(store, engine.parts, engine.wallet, engine.tip.height)),
    onchainAddress: () => Promise.resolve(engine.wallet.address),
    info: (): Promise<NodeInfo> => {
      const { height, synced } = engine.tip
      const { listen } = engine.options
      return Promise.resolve({ nodeId: hex(manager().get_our_node_id()), chain: engine.options.chain, height, synced, address: listen && `${listen.host}:${engine.port ?? listen.port}` })
    },
    // Twice: what the first look set off may want a second.
    sync: async () => {
      await engine.turn()
      await engine.turn()
    },
    sending: async (on) => void (sending = on),
  }
}

function readable<T>(result: unknown, what: string): T {
  const { is_ok, res } = result as Result<T>
  if (!is_ok.call(result)) throw new NetworkError('ADDRESS_INVALID', `${what} cannot be read`)
  return res
}
