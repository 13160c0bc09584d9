import { defineService, type Implementation, type Service } from '@growr/bus'
import { networks as contracts, Refusal } from '@growr/contracts'
import type { LightningNetwork, NetworkName, PaymentNetwork, Sent } from '@growr/networks'
import { action } from '@growr/service'
import type { Networks } from './networks.ts'
import { amountIn, contractsOf, sendOf, shownChange, shownWallet, unitsOf } from './network.shapes.ts'

const isLightning = (network: PaymentNetwork): network is LightningNetwork => network.name === 'lightning'
const shownSent = ({ id, status, amount, fee, proof, reason }: Sent) => ({ id, status, amount: unitsOf(amount), fee: unitsOf(fee), proof, reason })

/** The service of one network: wallets, listeners, what came and went, sends. NOT_OFFERED for all of it where the network is off. */
export function networkService(name: NetworkName, { on }: Networks): Service {
  const adapter = (): PaymentNetwork => {
    const found = on.get(name)
    if (!found) throw new Refusal('NOT_OFFERED', { path: 'network', details: { network: name } })
    return found
  }
  const contract = contractsOf(name)
  return defineService({
    name,
    actions: [
      action(contract.createWallet, { handle: async (params) => shownWallet(await adapter().createWallet(params)) }),
      action(contract.createListener, { handle: ({ wallet, tag }) => adapter().createListener(wallet, tag) }),
      action(contract.getPayments, { handle: async (params) => (await adapter().getPayments(params)).map(shownChange) }),
      action(contract.check, {
        handle: async (params) => {
          const { fee, rate } = await adapter().check(sendOf(params))
          return { fee: unitsOf(fee), rate }
        },
      }),
      action(contract.send, { handle: async (params) => shownSent(await adapter().send(sendOf(params))) }),
      action(contract.sent, {
        handle: async ({ id }) => {
          const found = await adapter().sent(id)
          return found && shownSent(found)
        },
      }),
      action(contract.estimateFee, {
        handle: async ({ currency }) => {
          const { fee, rate } = await adapter().estimateFee(currency)
          return { fee: unitsOf(fee), rate }
        },
      }),
      action(contract.confirmations, { handle: ({ amount }) => ({ confirmations: adapter().confirmationsFor(amountIn(amount)) }) }),
      action(contract.balances, {
        handle: async ({ wallet }) => (await adapter().balances(wallet)).map(({ wallet: id, confirmed, pending, locked }) => ({
          wallet: id, confirmed: unitsOf(confirmed), pending: unitsOf(pending), locked: locked.map((held) => ({ ...held, amount: unitsOf(held.amount) })),
        })),
      }),
      action(contract.status, { handle: () => adapter().status() }),
      ...(name === 'lightning' ? lightningActions(adapter) : []),
    ],
  })
}

/** What Lightning has besides: invoices, and paying them by that name. */
function lightningActions(adapter: () => PaymentNetwork): Implementation[] {
  const { createInvoice, pay } = contracts.lightning
  return [
    action(createInvoice, {
      handle: async ({ amount, ...params }) => {
        const network = adapter()
        if (!isLightning(network)) throw new Refusal('NETWORK_UNSUPPORTED')
        const made = await network.createInvoice({ ...params, amount: amount && amountIn(amount) })
        return { invoice: made.invoice, paymentHash: made.paymentHash, amount: made.amount && unitsOf(made.amount), expiresAt: made.expiresAt.toISOString() }
      },
    }),
    action(pay, { handle: async (params) => shownSent(await adapter().send(sendOf(params))) }),
  ]
}
