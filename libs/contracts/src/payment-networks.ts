import { z } from 'zod'
import { defineAction } from './define.ts'
import { coin, destination, networkName, Rate } from './network-shapes.ts'
import { admins, cashiers, Payment } from './payment-shapes.ts'
import { amount, id, instant, text } from './shapes.ts'

// Payments over Bitcoin, Lightning and Rootstock, as people ask for them.

export const networkRail = z.enum(['BITCOIN', 'LIGHTNING', 'ROOTSTOCK'])
export type NetworkRail = z.output<typeof networkRail>

export const NetworkState = z.object({
  network: networkName,
  /** Whether this node has it switched on. */
  offered: z.boolean(),
  ok: z.boolean(),
  /** Why not: a code. */
  reason: z.string().nullable(),
  chain: z.string().nullable(),
  /** Of its node, and up to where this one has looked. */
  height: z.number().int(),
  scanned: z.number().int(),
  currencies: z.array(coin),
})

export const networkStates = defineAction({
  name: 'payment.networks', kind: 'query', about: 'Which payment networks this node has, whether they answer, and up to where they were looked at.',
  params: z.strictObject({}), result: z.array(NetworkState), access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'any', ORIGINATOR_AGENT: 'any', INVESTOR: 'any', BORROWER: 'any' }, services: ['project', 'funding'] },
})

export const WalletBalance = z.object({
  network: networkName, wallet: z.string(), purpose: z.string(), currency: coin, confirmed: amount, pending: amount,
  locked: z.array(z.object({ amount, reason: z.string(), releaseHeight: z.number().int().nullable() })),
  /** Output descriptors (BIP 380) with public keys alone: with them it can be watched elsewhere. */
  descriptors: z.array(z.string()).nullable(),
})

export const networkBalances = defineAction({
  name: 'payment.networkBalances', kind: 'query', about: 'What a project\'s wallets hold by the networks themselves, with what a time-lock or a closed channel holds back and until which height.',
  params: z.strictObject({ project: id }), result: z.array(WalletBalance), access: { users: { NODE_OPERATOR: 'any', ...admins } },
})

/** Where to pay, and how much of what. */
export const PayTo = z.object({
  rail: networkRail,
  project: id,
  /** An address; null on Lightning. */
  address: z.string().nullable(),
  /** A BOLT 11 invoice; null elsewhere. */
  invoice: z.string().nullable(),
  /** The loan's Lightning address, which any wallet can pay; null elsewhere, and where the node has no public address. */
  lightningAddress: z.string().nullable(),
  /** For a QR code (BIP 21, EIP-681 or lightning:). */
  uri: z.string(),
  currency: coin,
  /** What to pay in that currency; null where the payer decides. */
  amount: amount.nullable(),
  /** Where that is not the project's currency. What counts is the rate when the payment is confirmed, but within `expiresAt` this one. */
  rate: Rate.nullable(),
  expiresAt: instant.nullable(),
})
export type PayTo = z.output<typeof PayTo>

export const requestAddress = defineAction({
  name: 'payment.requestAddress', kind: 'mutation', about: 'Where a borrower repays over a network: an address or an invoice for this repayment alone. Without an amount the payer decides; on Lightning it is needed.',
  params: z.strictObject({ loan: id, rail: networkRail, currency: coin.optional(), amount: amount.optional() }), result: PayTo, access: { users: { ...cashiers, BORROWER: 'own' } },
})

export const fundingAddress = defineAction({
  name: 'payment.fundingAddress', kind: 'mutation', about: 'Where an investor with a signed contract pays: an address of its own, or an invoice.',
  params: z.strictObject({ intent: id, currency: coin.optional(), amount: amount.optional() }), result: PayTo, access: { users: { ...admins, INVESTOR: 'own' } },
})

export const depositAddress = defineAction({
  name: 'payment.depositAddress', kind: 'mutation', about: 'Where the originator pays junior capital (JUNIOR), or what the project advanced for network fees (FEES).',
  params: z.strictObject({ project: id, rail: networkRail, purpose: z.enum(['JUNIOR', 'FEES']), currency: coin.optional(), amount: amount.optional() }), result: PayTo, access: { users: admins },
})

const outgoing = { rail: networkRail, to: destination, currency: coin.optional(), /** The most that the network may take, in its own coin; the node\'s ceiling unless given. */ maxFee: amount.optional() }

export const repayInvestor = defineAction({
  name: 'payment.repayInvestor', kind: 'mutation', about: 'Repays an investor over a network: yield first, then principal; after the close, the shares that are due. Booked when the network confirms it.',
  params: z.strictObject({ intent: id, amount, ...outgoing }), result: Payment, access: { users: admins },
})

export const payOriginator = defineAction({
  name: 'payment.payOriginator', kind: 'mutation', about: 'Pays the originator over a network: free junior capital before the close, its shares after it. What the project advanced for fees in that coin is set off.',
  params: z.strictObject({ project: id, amount, ...outgoing }), result: Payment, access: { users: admins },
})

export const convert = defineAction({
  name: 'payment.convert', kind: 'mutation', about: 'The originator takes all coins of another currency than the project\'s and pays what they were booked at into the project\'s bank account: differences are the originator\'s.',
  params: z.strictObject({ project: id, rail: networkRail, to: destination, currency: coin, reference: text(140) }), result: Payment, access: { users: admins },
})

export const settleExchange = defineAction({
  name: 'payment.settleExchange', kind: 'mutation', about: 'Registers that the originator paid what exchanges lost into the project\'s bank account, or took from there what they gained: once no coins of another currency are left.',
  params: z.strictObject({ project: id, reference: text(140) }), result: Payment, access: { users: admins },
})

export const returnFees = defineAction({
  name: 'payment.returnFees', kind: 'mutation', about: 'Returns to the originator what is left of its deposits for network fees.',
  params: z.strictObject({ project: id, rail: networkRail, to: destination }), result: Payment, access: { users: admins },
})

export const LightningChannel = z.object({ id: z.string(), peer: z.string(), capacity: amount, ours: amount, reserve: amount, usable: z.boolean(), state: z.enum(['OPENING', 'OPEN', 'CLOSING', 'FORCE_CLOSING']) })

export const lightningNode = defineAction({
  name: 'payment.lightningNode', kind: 'query', about: 'The Lightning node for its operator: where peers and deposits go, its channels, what it can send and receive, what it holds.',
  params: z.strictObject({}),
  result: z.object({
    nodeId: z.string(), address: z.string().nullable(), onchainAddress: z.string(), canSend: amount, canReceive: amount, reserve: amount, channels: z.array(LightningChannel),
    /** Of the operator's own account: what no project has. */
    balance: amount, locked: z.array(z.object({ amount, reason: z.string(), releaseHeight: z.number().int().nullable() })),
  }),
  access: { users: { NODE_OPERATOR: 'any' } },
})

export const openChannel = defineAction({
  name: 'payment.openChannel', kind: 'mutation', about: 'Opens a Lightning channel to a peer out of the node\'s own on-chain money.',
  params: z.strictObject({ peer: z.string().regex(/^0[23][0-9a-f]{64}$/, 'a peer is its public key: 33 bytes as hex'), address: z.string().regex(/^[^\s:]+:\d{1,5}$/, 'host:port'), capacity: amount, push: amount.optional() }),
  result: z.object({ id: z.string() }), access: { users: { NODE_OPERATOR: 'any' } },
})

export const closeChannel = defineAction({
  name: 'payment.closeChannel', kind: 'mutation', about: 'Closes a Lightning channel; by force where the peer is away, and then its money is locked for some time.',
  params: z.strictObject({ id: z.string().regex(/^[0-9a-f]{64}$/), force: z.boolean().default(false) }), result: z.object({ ok: z.literal(true) }), access: { users: { NODE_OPERATOR: 'any' } },
})

export const openWallets = defineAction({
  name: 'payment.openWallets', kind: 'mutation', internal: true, about: 'Makes the wallets of a project\'s funding sources on the networks, with their first addresses.',
  params: z.strictObject({ organization: id, project: id, sources: z.array(z.object({ id, network: networkName, token: coin })).max(8) }),
  result: z.array(z.object({ source: id, fundingAddress: z.string().nullable(), repaymentAddress: z.string().nullable() })),
  access: { services: ['project'] },
})
