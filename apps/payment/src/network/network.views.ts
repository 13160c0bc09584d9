import { networks as contracts, payment as contract, type Params, type Result } from '@growr/contracts'
import { formatAmount, type Amount } from '@growr/money'
import type { NetworkName } from '@growr/networks'
import type { Payments } from '../payments.ts'
import { amountIn, contractsOf, placeOf, walletOf } from './network.shapes.ts'
import { currencyAnywhere } from './networks.ts'
import { currencyOfProject } from './network.sends.ts'

const NAMES: readonly NetworkName[] = ['bitcoin', 'lightning', 'rootstock']

/** Each network, on or off, and how it is. A node that does not answer is told as such, and breaks nothing else. */
export function networkStates({ networks, bus }: Payments): Promise<Result<typeof contract.networkStates>> {
  return Promise.all(NAMES.map(async (network) => {
    const setup = networks.setups.get(network)
    if (!setup) return { network, offered: false, ok: false, reason: 'NOT_OFFERED', chain: null, height: 0, scanned: 0, currencies: [] }
    const status = await bus.call(contractsOf(network).status, {}, { as: { service: 'payment' } })
    return { ...status, offered: true, currencies: setup.coins.map(({ code }) => code) }
  }))
}

/** What a project's wallets hold by the networks themselves. */
export async function networkBalances(payments: Payments, { project }: Params<typeof contract.networkBalances>): Promise<Result<typeof contract.networkBalances>> {
  const { networks, bus } = payments
  const { organization } = await currencyOfProject(payments, project)
  const text = (amount: Amount): string => formatAmount(amount, currencyAnywhere(networks, amount.currency))
  const shown: Result<typeof contract.networkBalances> = []
  for (const network of networks.setups.keys()) {
    for (const purpose of ['FUNDING', 'REPAYMENT', 'MULTISIG'] as const) {
      const wallet = walletOf(organization, project, purpose)
      const known = await networks.on.get(network)?.wallet(wallet)
      if (!known) continue
      for (const { confirmed, pending, locked } of await bus.call(contracts[network].balances, { wallet }, { as: { service: 'payment' } })) {
        shown.push({
          network, wallet, purpose: placeOf(wallet)?.purpose ?? purpose, currency: confirmed.currency, confirmed: text(amountIn(confirmed)), pending: text(amountIn(pending)),
          locked: locked.map((held) => ({ amount: text(amountIn(held.amount)), reason: held.reason, releaseHeight: held.releaseHeight })),
          descriptors: known.descriptors === null ? null : [...known.descriptors],
        })
      }
    }
  }
  return shown
}

/** Makes the wallets of a project's sources, with the addresses that its record shows. NOT_OFFERED. */
export async function openWallets(payments: Payments, { organization, project, sources }: Params<typeof contract.openWallets>, walletsOf: (payments: Payments, network: NetworkName, organization: string, project: string) => Promise<{ readonly addresses: { readonly funding: string | null; readonly repayment: string | null } }>): Promise<Result<typeof contract.openWallets>> {
  const opened: Result<typeof contract.openWallets> = []
  for (const { id, network } of sources) {
    const { addresses } = await walletsOf(payments, network, organization, project)
    opened.push({ source: id, fundingAddress: addresses.funding, repaymentAddress: addresses.repayment })
  }
  return opened
}
