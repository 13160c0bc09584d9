import { z } from 'zod'
import { date, id, instant, text } from './shapes.ts'

export const networkName = z.enum(['bitcoin', 'lightning', 'rootstock'])
export type NetworkName = z.output<typeof networkName>

/** The code of a network's coin or token. */
export const coin = z.string().regex(/^[A-Z][A-Za-z0-9]{1,9}$/, 'a coin is its code, such as BTC, RBTC or DOC')
/** Minor units (millisatoshi, wei) as digits: between services, where no decimal point is needed. */
export const units = z.object({ amount: z.string().regex(/^\d{1,60}$/), currency: coin })
/** A wallet's own name: organization, project and purpose. */
export const walletId = z.string().min(1).max(128).regex(/^[A-Za-z0-9._:/-]+$/)
export const tag = z.string().min(1).max(200).regex(/^[A-Za-z0-9._:-]+$/)
/** An address, an invoice, an offer or a Lightning address: only its network can say whether it is one. */
export const destination = text(2_000)
export const purpose = z.enum(['FUNDING', 'REPAYMENT', 'MULTISIG', 'OPERATOR'])

export const Wallet = z.object({ id: walletId, network: networkName, purpose, address: z.string().nullable(), descriptors: z.array(z.string()).nullable() })
export const Listener = z.object({ wallet: walletId, address: z.string(), tag })
export const Change = z.object({
  seq: z.number().int(), network: networkName, kind: z.enum(['RECEIVED', 'SENT', 'FEE']), id: z.string(), generation: z.number().int(), wallet: walletId, tag: z.string().nullable(),
  status: z.enum(['SEEN', 'PENDING', 'UNKNOWN', 'CONFIRMED', 'FAILED', 'REVERSED']), amount: units, fee: units, address: z.string().nullable(), proof: z.string().nullable(),
  confirmations: z.number().int(), reason: z.string().nullable(), at: instant,
})
export type Change = z.output<typeof Change>
export const Fee = z.object({ fee: units, rate: z.string() })
export const SendOrder = z.strictObject({ id, wallets: z.array(walletId).min(1).max(8), to: destination, amount: units, maxFee: units, feeFromAmount: z.boolean().optional() })
export const Sent = z.object({ id, status: z.enum(['PENDING', 'UNKNOWN', 'CONFIRMED', 'FAILED']), amount: units, fee: units, proof: z.string().nullable(), reason: z.string().nullable() })
export const Balance = z.object({ wallet: walletId, confirmed: units, pending: units, locked: z.array(z.object({ amount: units, reason: z.string(), releaseHeight: z.number().int().nullable() })) })
export const Invoice = z.object({ invoice: z.string(), paymentHash: z.string(), amount: units.nullable(), expiresAt: instant })

/** What a rate was, and when: units of `to` for one whole unit of `from`. */
export const Rate = z.object({ from: z.string(), to: z.string(), rate: z.string(), at: instant, source: z.string() })
export { date, id, instant }
