import { z } from 'zod'
import { defineAction } from './define.ts'
import { admins } from './payment-shapes.ts'
import { destination } from './network-shapes.ts'
import { amount, id, text } from './shapes.ts'

// Multi-signature funding: an investor's bitcoin lie where investor and originator release them together, or the investor takes them back
// alone after some blocks. The investor's keys stay in the investor's own wallet, which signs PSBTs (BIP 174).

/** A compressed public key as 66 hexadecimal digits, or a key expression of one key with its origin (BIP 380). */
const publicKey = text(400)
/** 48 KiB of base64: a few hundred coins. */
const psbt = z.string().max(65_536).regex(/^[A-Za-z0-9+/\s]+=*\s*$/, 'a PSBT is base64')

export const Multisig = z.object({
  intent: id,
  /** Taproot; the investor checks it with the descriptor (BIP 380, 386), which any node can derive. */
  address: z.string(),
  uri: z.string(),
  descriptor: z.string(),
  /** Blocks from the one that holds the coins to the first that may hold the refund. */
  refundAfter: z.number().int(),
  /** The first height at which coins that lie there may be taken back; null where none lie there. */
  refundHeight: z.number().int().nullable(),
  /** In BTC; each coin is in one of these. Seen and not deep enough; final; on the way to the project; there; taken back. */
  pending: amount, held: amount, releasing: amount, released: amount, refunded: amount,
  /** The transaction that was signed and sent from here last. */
  proof: z.string().nullable(),
})

export const MultisigDraft = z.object({
  /** To be signed in the investor's wallet, and given back to `signMultisig`. */
  psbt: z.string(),
  /** What arrives, in BTC; the fee comes out of the deposit. */
  amount, fee: amount,
})

const users = { ...admins, INVESTOR: 'own' } as const

export const openMultisig = defineAction({
  name: 'payment.openMultisig', kind: 'mutation', about: 'Where an investor with a signed contract of a MULTISIG source pays: an address of which investor and originator have a key each, and the investor another that takes back alone after so many blocks. The same keys give the same address.',
  params: z.strictObject({ intent: id, publicKey, refundKey: publicKey, refundAfter: z.number().int().min(1).max(65_535).default(4_320) }), result: Multisig, access: { users },
})

export const multisig = defineAction({
  name: 'payment.multisig', kind: 'query', about: 'What of an investor\'s multi-signature deposit is where, and from which height it can be taken back.',
  params: z.strictObject({ intent: id }), result: Multisig, access: { users },
})

export const releaseMultisig = defineAction({
  name: 'payment.releaseMultisig', kind: 'mutation', about: 'The originator releases an investor\'s deposit upon a loan agreement that the borrower has signed: the transaction to the project\'s wallet, signed by the originator\'s key, for the investor to sign.',
  params: z.strictObject({ intent: id, loan: id }), result: MultisigDraft, access: { users: admins },
})

export const refundMultisig = defineAction({
  name: 'payment.refundMultisig', kind: 'mutation', about: 'The transaction with which an investor takes back what has lain long enough, for the investor\'s refund key to sign. Any wallet that knows the descriptor can do the same without this node.',
  params: z.strictObject({ intent: id, to: destination }), result: MultisigDraft, access: { users: { INVESTOR: 'own' } },
})

export const signMultisig = defineAction({
  name: 'payment.signMultisig', kind: 'mutation', about: 'Takes the release or refund that was asked for last as the investor\'s wallet signed it, and sends it. Once released money is final it is booked as capital.',
  params: z.strictObject({ intent: id, psbt }), result: Multisig, access: { users: { INVESTOR: 'own' } },
})
