import { z } from 'zod'
import { defineAction, type ServiceName } from './define.ts'
import { Balance, Change, coin, Fee, Invoice, Listener, networkName, purpose, SendOrder, Sent, tag, units, Wallet, walletId, type NetworkName } from './network-shapes.ts'
import { id } from './shapes.ts'

// The services Bitcoin, Lightning and Rootstock: the same actions over one port. Only Payment calls them; people see networks through it.

const access = { services: ['payment'] as readonly ServiceName[] }
const internal = true as const

/** The actions that every network has. NOT_OFFERED where it is off; a network's own refusals as the catalogue has them. */
function actionsOf<N extends NetworkName>(name: N) {
  return {
    createWallet: defineAction({ name: `${name}.createWallet`, kind: 'mutation', internal, about: 'A wallet for a project and purpose; the same id gives the same wallet.', params: z.strictObject({ id: walletId, purpose }), result: Wallet, access }),
    createListener: defineAction({ name: `${name}.createListener`, kind: 'mutation', internal, about: 'An address for one payer, watched from now on; the same tag gives the same address.', params: z.strictObject({ wallet: walletId, tag }), result: Listener, access }),
    getPayments: defineAction({ name: `${name}.getPayments`, kind: 'query', internal, about: 'What came in, went out or was taken back, in order.', params: z.strictObject({ after: z.number().int().min(0), limit: z.number().int().min(1).max(500) }), result: z.array(Change), access }),
    check: defineAction({ name: `${name}.check`, kind: 'query', internal, about: 'What `send` would refuse, and what it would cost; moves nothing.', params: SendOrder, result: Fee, access }),
    send: defineAction({ name: `${name}.send`, kind: 'mutation', internal, about: 'Sends money out once, whatever happens in between; the id is the payment\'s key.', params: SendOrder, result: Sent, access }),
    sent: defineAction({ name: `${name}.sent`, kind: 'query', internal, about: 'What became of a send; null where it was never handed over.', params: z.strictObject({ id }), result: Sent.nullable(), access }),
    estimateFee: defineAction({ name: `${name}.estimateFee`, kind: 'query', internal, about: 'What a typical payment costs now.', params: z.strictObject({ currency: coin }), result: Fee, access }),
    confirmations: defineAction({ name: `${name}.confirmations`, kind: 'query', internal, about: 'How many confirmations a payment of this amount needs.', params: z.strictObject({ amount: units }), result: z.object({ confirmations: z.number().int() }), access }),
    balances: defineAction({ name: `${name}.balances`, kind: 'query', internal, about: 'What wallets hold; of one, or of all.', params: z.strictObject({ wallet: walletId.optional() }), result: z.array(Balance), access }),
    status: defineAction({
      name: `${name}.status`, kind: 'query', internal, about: 'Whether its node answers and is up to date.', params: z.strictObject({}),
      result: z.object({ network: networkName, ok: z.boolean(), reason: z.string().nullable(), chain: z.string(), height: z.number().int(), scanned: z.number().int() }), access,
    }),
  }
}

export const bitcoin = actionsOf('bitcoin')
export const rootstock = actionsOf('rootstock')
export const lightning = {
  ...actionsOf('lightning'),
  createInvoice: defineAction({
    name: 'lightning.createInvoice', kind: 'mutation', internal, about: 'A BOLT 11 invoice; the same tag and amount give the same one while it can be paid.',
    params: z.strictObject({ wallet: walletId, tag, amount: units.nullable(), description: z.union([z.string().max(600), z.strictObject({ hash: z.string().regex(/^[0-9a-f]{64}$/) })]), expirySeconds: z.number().int().min(60).max(604_800) }),
    result: Invoice, access,
  }),
  pay: defineAction({ name: 'lightning.pay', kind: 'mutation', internal, about: 'Pays an invoice or an offer once; the same as `send`.', params: SendOrder, result: Sent, access }),
}

/** The actions of a network by its name. */
export const networks = { bitcoin, lightning, rootstock } as const
