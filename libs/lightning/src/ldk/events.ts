import * as L from 'lightningdevkit'
import type { NodeStore } from './store.ts'
import { hex, turned, type NodeWallet } from './wallet.ts'

/** A channel that waits for the transaction that funds it. */
export interface Funding {
  readonly temporary: L.ChannelId
  readonly peer: Uint8Array
  readonly sats: bigint
  readonly script: Uint8Array
}

/** What comes of LDK's events, besides what stands in the store. */
export interface EventWork {
  readonly store: NodeStore
  readonly wallet: Pick<NodeWallet, 'giveBack'>
  readonly manager: () => L.ChannelManager
  fund(funding: Funding): void
  sweep(outputs: readonly L.SpendableOutputDescriptor[], channel: string): void
  forward(): void
}

const some = <T>(option: unknown): T | null => (option !== null && typeof option === 'object' && 'some' in option ? (option as { some: T }).some : null)

/** Handles one event; all that it writes is on the disk before anything leaves the process, and LDK forgets the event with the same commit. */
export function handle(event: L.Event, work: EventWork): void {
  const { store, manager } = work
  if (event instanceof L.Event_OpenChannelRequest) {
    const { channel_negotiation_type: funds } = event
    if (funds instanceof L.InboundChannelFunds_PushMsat && funds.push_msat > 0n) keepPush(store, event.temporary_channel_id, funds.push_msat)
    manager().accept_inbound_channel(event.temporary_channel_id, event.counterparty_node_id, 0n)
  } else if (event instanceof L.Event_FundingGenerationReady) {
    work.fund({ temporary: event.temporary_channel_id, peer: event.counterparty_node_id, sats: event.channel_value_satoshis, script: Uint8Array.from(event.output_script) })
  } else if (event instanceof L.Event_ChannelPending) {
    const { funding_txo } = event
    const outpoint = `${hex(turned(funding_txo.get_txid()))}:${funding_txo.get_index()}`
    const pushed = store.blob(pushName(event.former_temporary_channel_id))
    store.run(
      "INSERT INTO channel (id, peer, funding, capacity, ours, swept, push, state, reason) VALUES (?, ?, ?, '0', '0', '0', ?, 'OPENING', NULL) ON CONFLICT (id) DO NOTHING",
      hex(event.channel_id.get_a()), hex(event.counterparty_node_id), outpoint, pushed === undefined ? '0' : Buffer.from(pushed).toString(),
    )
  } else if (event instanceof L.Event_ChannelReady) {
    tellPush(store, hex(event.channel_id.get_a()))
  } else if (event instanceof L.Event_ChannelClosed) {
    const id = hex(event.channel_id.get_a())
    // What it ended with contains what was pushed, however early it ended.
    tellPush(store, id)
    const ours = some<bigint>(event.last_local_balance_msat)
    // Where it was never funded, its coins are free again.
    const funding = event.channel_funding_txo as unknown as { readonly ptr: bigint; get_txid(): Uint8Array } | null
    work.wallet.giveBack({ channel: id, ...(funding && funding.ptr !== 0n ? { txid: hex(turned(funding.get_txid())) } : {}) })
    store.run("UPDATE channel SET state = 'CLOSED', reason = ?, ours = coalesce(?, ours) WHERE id = ?", event.reason.constructor.name.replace('ClosureReason_', ''), ours === null ? null : ours.toString(), id)
  } else if (event instanceof L.Event_SpendableOutputs) {
    work.sweep(event.outputs, hex(event.channel_id.get_a()))
  } else if (event instanceof L.Event_PaymentClaimable) {
    claim(event, work)
  } else if (event instanceof L.Event_PaymentClaimed) {
    const hash = hex(event.payment_hash)
    store.run("UPDATE invoice SET status = 'PAID' WHERE hash = ?", hash)
    const offer = store.get('SELECT offer FROM asked WHERE hash = ?', hash)?.['offer']
    store.tell({ key: `in:${hash}`, kind: 'RECEIVED', id: offer === undefined ? hash : String(offer), hash, amount: event.amount_msat })
  } else if (event instanceof L.Event_InvoiceReceived) {
    payInvoice(event, work)
  } else if (event instanceof L.Event_PaymentSent) {
    const row = paymentOf(store, some<Uint8Array>(event.payment_id))
    if (!row) return
    const [preimage, hash, fee] = [hex(event.payment_preimage), hex(event.payment_hash), some<bigint>(event.fee_paid_msat) ?? 0n]
    store.run("UPDATE payment SET status = 'SENT', preimage = ?, hash = ?, fee = ? WHERE id = ?", preimage, hash, fee.toString(), row.id)
    store.tell({ key: `out:${row.id}`, kind: 'SENT', id: row.id, hash, preimage, amount: row.amount, fee })
  } else if (event instanceof L.Event_PaymentFailed) {
    const row = paymentOf(store, event.payment_id)
    if (!row) return
    const code = some<number>(event.reason)
    const reason = code === null ? 'UNKNOWN' : (L.PaymentFailureReason[code] ?? 'UNKNOWN').replace('LDKPaymentFailureReason_', '')
    store.run("UPDATE payment SET status = 'FAILED', reason = ? WHERE id = ?", reason, row.id)
    store.tell({ key: `out:${row.id}`, kind: 'FAILED', id: row.id, amount: row.amount, reason })
  } else if (event instanceof L.Event_PendingHTLCsForwardable) {
    work.forward()
  }
}

const pushName = (temporary: L.ChannelId): string => `push:${hex(temporary.get_a())}`

/** What a channel's opening gives to the other side (below nothing: from us to it), until the channel has its own name. */
export function keepPush(store: NodeStore, temporary: L.ChannelId, msat: bigint): void {
  store.keep(pushName(temporary), Buffer.from(msat.toString()))
}

/** Whoever opened a channel may have pushed something to the other side: told with the event that makes it usable, before any payment. */
function tellPush(store: NodeStore, id: string): void {
  const push = store.get('SELECT push FROM channel WHERE id = ?', id)?.['push']
  if (push !== undefined && push !== '0') store.tell({ key: `open:${id}`, kind: 'ONCHAIN', id, amount: BigInt(String(push)), reason: 'PUSHED' })
}

/** Money that is on the table is taken only for an invoice of ours that is open still; once. */
function claim(event: L.Event_PaymentClaimable, { store, manager }: EventWork): void {
  const hash = hex(event.payment_hash)
  const invoice = store.get('SELECT status, amount FROM invoice WHERE hash = ?', hash)
  const purpose = event.purpose as unknown as { payment_preimage?: unknown }
  const preimage = some<Uint8Array>(purpose.payment_preimage)
  const enough = invoice?.['amount'] === null || event.amount_msat >= BigInt(String(invoice?.['amount'] ?? '0'))
  // What was claimed before a stop is claimed again: LDK tells of it until it is done.
  const open = invoice?.['status'] === 'OPEN' || invoice?.['status'] === 'CLAIMING'
  if (!invoice || !open || preimage === null || !enough) return manager().fail_htlc_backwards(event.payment_hash)
  store.run("UPDATE invoice SET status = 'CLAIMING' WHERE hash = ?", hash)
  manager().claim_funds(preimage)
}

/** The answer to our request for an invoice to an offer; it is kept, since with the preimage it proves who was paid what. */
function payInvoice({ payment_id: pid, invoice, context }: L.Event_InvoiceReceived, { store, manager }: EventWork): void {
  const row = paymentOf(store, pid)
  // LDK has seen that it is signed by the offer's issuer, and for our request.
  if (!row || invoice.amount_msats() !== row.amount) return manager().abandon_payment(pid)
  const hash = hex(invoice.payment_hash())
  const sent = manager().send_payment_for_bolt12_invoice(invoice, context)
  if (sent instanceof L.Result_NoneBolt12PaymentErrorZ_Err) {
    // The same answer twice: the first is under way.
    if (!(sent.err instanceof L.Bolt12PaymentError_DuplicateInvoice)) manager().abandon_payment(pid)
    return
  }
  store.run('UPDATE payment SET hash = ? WHERE id = ?', hash, row.id)
  store.run('INSERT INTO proof (hash, invoice) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING', hash, Uint8Array.from(invoice.write()))
}

function paymentOf(store: NodeStore, pid: Uint8Array | null): { readonly id: string; readonly amount: bigint } | null {
  const row = pid === null ? undefined : store.get('SELECT id, amount FROM payment WHERE pid = ?', hex(pid))
  return row ? { id: String(row['id']), amount: BigInt(String(row['amount'])) } : null
}
