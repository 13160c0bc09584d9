import { createHmac, randomBytes } from 'node:crypto'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { chainOf } from '@growr/bitcoin'
import { NetworkError } from '@growr/networks'
import { HDKey } from '@scure/bip32'
import * as L from 'lightningdevkit'
import { CHAIN_HASHES } from '../bolt12-chains.ts'
import { merkleRoot, signedHash } from '../bolt12-signature.ts'
import { readTlvStream } from '../bolt12-tlv.ts'
import { encodeBolt12, tlv } from '../bolt12-write.ts'
import type { NodeStore } from './store.ts'
import { hex, unhex } from './wallet.ts'

// Offers of our own. LDK's builder loses what an offer says (in this build its setters change a copy), and LDK answers only for offers of
// that builder. So offers are written here, and requests for an invoice to one of them are answered here, with LDK's own payments and
// blinded paths; whatever else comes as a message about offers is LDK's.

export interface OffersOptions {
  readonly seed: Uint8Array
  readonly chain: string
  readonly store: NodeStore
  readonly entropy: L.EntropySource
  readonly signer: L.NodeSigner
  readonly router: L.Router
  readonly messages: L.MessageRouter
  readonly manager: () => L.ChannelManager
  readonly log: (level: number, message: string) => void
}

type Result<T> = { is_ok(): boolean; res: T }

/** An invoice for an offer is for whoever has just asked. */
const EXPIRY_SECONDS = 7_200
const DAY_MS = 86_400_000
/** So many blocks a payment may be under way (LDK's own bound), and how much later than the last of them it may still come. */
const FAR_AWAY = 2_016 + 3
const NONCE = 16
const MOST_PATHS = 3
const WARN = 4

const some = <T>(option: unknown): T | null => (option !== null && typeof option === 'object' && 'some' in option ? (option as { some: T }).some : null)
const FIRST_OF_INVOICE = 160n
/** Feature 17: in parts, for whoever likes. */
const MAY_BE_SPLIT = Uint8Array.of(2, 0, 0)
const isOfOffer = (type: bigint): boolean => (type >= 1n && type <= 79n) || (type >= 1_000_000_000n && type <= 1_999_999_999n)

/**
 * Blinded paths to us by peers of ours, who need not be known to the world: whoever asks goes by one of them. LDK's own router takes
 * peers alone that have announced channels.
 */
export function pathsByPeers(inner: L.MessageRouter, entropy: L.EntropySource): L.MessageRouter {
  return L.MessageRouter.new_impl({
    find_path: (sender, peers, destination) => inner.find_path(sender, peers, destination),
    create_blinded_paths: (recipient, context, peers) => {
      const paths = peers.slice(0, MOST_PATHS).flatMap((peer) => {
        const through = [L.MessageForwardNode.constructor_new(peer, L.Option_u64Z.constructor_none())]
        const path = L.BlindedMessagePath.constructor_new(through, recipient, context.clone(), entropy) as unknown as Result<L.BlindedMessagePath>
        return path.is_ok() ? [path.res] : []
      })
      return paths.length === 0 ? L.Result_CVec_BlindedMessagePathZNoneZ.constructor_err() : L.Result_CVec_BlindedMessagePathZNoneZ.constructor_ok(paths)
    },
    create_compact_blinded_paths: (recipient, context, peers) => inner.create_compact_blinded_paths(recipient, context, peers),
  })
}

export class Offers {
  readonly #options: OffersOptions
  readonly #key: Uint8Array
  readonly handler: L.OffersMessageHandler

  constructor(options: OffersOptions) {
    this.#options = options
    const key = HDKey.fromMasterSeed(options.seed).derive("m/535'/1'").privateKey
    if (!key) throw new NetworkError('KEY_INVALID', 'the seed gives no key')
    this.#key = key
    this.handler = L.OffersMessageHandler.new_impl({
      handle_message: (message, context, responder) => {
        const lets = options.manager().as_OffersMessageHandler()
        const answer = message instanceof L.OffersMessage_InvoiceRequest && hasAddress(responder) ? this.#answer(message.invoice_request, context) : null
        if (answer === null) return lets.handle_message(message, context, responder)
        return L.Option_C2Tuple_OffersMessageResponseInstructionZZ.constructor_some(L.TwoTuple_OffersMessageResponseInstructionZ.constructor_new(L.OffersMessage.constructor_invoice(answer), responder.respond()))
      },
      release_pending_messages: () => options.manager().as_OffersMessageHandler().release_pending_messages(),
    })
  }

  /** The key that signs the invoices of an offer: nobody sees by it whose it is. */
  #keyOf(nonce: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#key).update(nonce).digest()
  }

  /** NETWORK_REFUSED: there is no peer yet by whom anybody could ask. */
  create(amountMsat: bigint | null, description: string): { readonly offer: string; readonly offerId: string } {
    const { store, manager, signer, messages, chain } = this.#options
    const nonce = new Uint8Array(randomBytes(NONCE))
    const context = L.MessageContext.constructor_offers(L.OffersContext.constructor_invoice_request(mustBe(L.Nonce.constructor_read(nonce), 'a nonce')))
    const peers = new Map(manager().list_usable_channels().map((channel) => [hex(channel.get_counterparty().get_node_id()), channel.get_counterparty().get_node_id()]))
    const paths = messages.create_blinded_paths(mustBe<Uint8Array>(signer.get_node_id(L.Recipient.LDKRecipient_Node), 'the node\'s key'), context, [...peers.values()]) as unknown as Result<L.BlindedMessagePath[]>
    if (!paths.is_ok()) throw new NetworkError('NETWORK_REFUSED', 'an offer is asked about by a peer: open a channel first')
    const known = chainOf(chain)
    const records = [
      ...(known === 'main' ? [] : [tlv(2, unhex(CHAIN_HASHES[known]))]), ...(amountMsat === null ? [] : [tlv(8, amountMsat)]), tlv(10, description),
      tlv(16, Buffer.concat(paths.res.map((path) => path.write()))), tlv(22, secp256k1.getPublicKey(this.#keyOf(nonce))),
    ]
    const offerId = hex(merkleRoot(readTlvStream(Buffer.concat(records))))
    store.run('INSERT INTO offer (id, nonce, amount) VALUES (?, ?, ?)', offerId, hex(nonce), amountMsat === null ? null : amountMsat.toString())
    return { offer: encodeBolt12('lno', ...records), offerId }
  }

  /** The invoice for a request that came by a path of an offer of ours, for this very offer; else null. */
  #answer(request: L.InvoiceRequest, context: L.Option_OffersContextZ): L.Bolt12Invoice | null {
    try {
      const came = some<L.OffersContext>(context)
      if (!(came instanceof L.OffersContext_InvoiceRequest)) return null
      const ofOffer = readTlvStream(Uint8Array.from(request.write())).filter(({ type }) => isOfOffer(type))
      const offerId = hex(merkleRoot(ofOffer))
      const offer = this.#options.store.get('SELECT nonce, amount FROM offer WHERE id = ?', offerId)
      // A path of one offer with the request for another would tell that both are ours.
      if (!offer || hex(came.nonce.as_slice()) !== offer['nonce']) return null
      const asked = some<bigint>(request.amount_msats())
      const least = offer['amount'] === null ? null : BigInt(String(offer['amount']))
      const amountMsat = asked ?? least
      if (amountMsat === null || amountMsat <= 0n || (least !== null && amountMsat < least)) return null
      return this.#invoice(request, offerId, unhex(String(offer['nonce'])), amountMsat)
    } catch (error) {
      this.#options.log(WARN, `a request for an invoice is not answered: ${error instanceof Error ? error.message : String(error)}`)
      return null
    }
  }

  #invoice(request: L.InvoiceRequest, offerId: string, nonce: Uint8Array, amountMsat: bigint): L.Bolt12Invoice {
    const { store, manager, signer, entropy, router } = this.#options
    const made = mustBe<L.TwoTuple_ThirtyTwoBytesThirtyTwoBytesZ>(manager().create_inbound_payment(L.Option_u64Z.constructor_some(amountMsat), EXPIRY_SECONDS, L.Option_u16Z.constructor_none()), 'a payment')
    const hash = Uint8Array.from(made.get_a())
    const fields = L.InvoiceRequestFields.constructor_new(request.payer_signing_pubkey(), L.Option_u64Z.constructor_none(), null, null)
    const about = L.PaymentContext.constructor_bolt12_offer(L.Bolt12OfferContext.constructor_new(L.OfferId.constructor_new(unhex(offerId)), fields))
    const limits = L.PaymentConstraints.constructor_new(manager().current_best_block().get_height() + FAR_AWAY, 1n)
    const tlvs = L.UnauthenticatedReceiveTlvs.constructor_new(made.get_b(), limits, about).authenticate(L.Nonce.constructor_from_entropy_source(entropy), signer.get_inbound_payment_key())
    const paths = mustBe<L.BlindedPaymentPath[]>(router.create_blinded_payment_paths(manager().get_our_node_id(), manager().list_usable_channels(), tlvs, amountMsat), 'a way to us for so much')
    const now = Date.now()
    // LDK's own builder cannot be finished from here: it is lent, not given, and there is no copying it.
    const asked = readTlvStream(Uint8Array.from(request.write()))
    const upTo = (from: bigint, to: bigint): readonly Uint8Array[] => asked.filter(({ type }) => type >= from && type < to).map(({ bytes }) => bytes)
    const before = [
      ...upTo(0n, FIRST_OF_INVOICE),
      tlv(160, Buffer.concat(paths.map(pathBytes))), tlv(162, Buffer.concat(paths.map((path) => path.get_payinfo().write()))), tlv(164, BigInt(Math.floor(now / 1000))),
      tlv(166, BigInt(EXPIRY_SECONDS)), tlv(168, hash), tlv(170, amountMsat), tlv(174, MAY_BE_SPLIT), tlv(176, secp256k1.getPublicKey(this.#keyOf(nonce))),
    ]
    const after = upTo(1_000_000_000n, 3_000_000_000n)
    const signature = tlv(240, schnorr.sign(signedHash('invoice', 'signature', readTlvStream(Buffer.concat([...before, ...after]))), this.#keyOf(nonce)))
    const invoice = mustBe<L.Bolt12Invoice>(L.Bolt12Invoice.constructor_read(new Uint8Array(Buffer.concat([...before, signature, ...after]))), 'an invoice')
    // Whoever asks and never pays leaves nothing behind for long.
    store.run("DELETE FROM invoice WHERE status = 'OPEN' AND expires < ? AND hash IN (SELECT hash FROM asked)", now - DAY_MS)
    store.run('DELETE FROM asked WHERE hash NOT IN (SELECT hash FROM invoice)')
    store.run("INSERT INTO invoice (hash, status, amount, expires) VALUES (?, 'OPEN', ?, ?)", hex(hash), amountMsat.toString(), now + EXPIRY_SECONDS * 1000)
    store.run('INSERT INTO asked (hash, offer) VALUES (?, ?)', hex(hash), offerId)
    return invoice
  }
}

/** BOLT 4, `blinded_path`. */
function pathBytes(path: L.BlindedPaymentPath): Uint8Array {
  const node = path.introduction_node()
  if (!(node instanceof L.IntroductionNode_NodeId)) throw new NetworkError('NETWORK_REFUSED', 'a way to us begins at no node')
  const hops = path.blinded_hops().map((hop) => {
    const payload = hop.get_encrypted_payload()
    return Buffer.concat([hop.get_blinded_node_id(), Uint8Array.of(payload.length >> 8, payload.length & 255), payload])
  })
  return Buffer.concat([node.node_id, path.blinding_point(), Uint8Array.of(hops.length), ...hops])
}

/** False where there is nobody to answer to. */
const hasAddress = (responder: L.Responder): boolean => (responder as unknown as { readonly ptr: bigint }).ptr !== 0n

function mustBe<T>(result: unknown, what: string): T {
  const { is_ok, res } = result as Result<T>
  if (!is_ok.call(result)) throw new NetworkError('NETWORK_REFUSED', `LDK does not give ${what}`)
  return res
}
