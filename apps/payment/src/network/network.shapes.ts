import { networkShapes, networks as contracts, payment as contract, type Result } from '@growr/contracts'
import type { Rail } from '@growr/lending'
import type { NetworkChange, NetworkName, Send, Wallet, WalletPurpose } from '@growr/networks'
import { amountOf, type Amount } from '@growr/money'
import type { z } from 'zod'

// How the port's values cross the bus, and how networks, rails and wallets are called.

export type Units = z.output<typeof networkShapes.units>
export type NetworkRail = contract.NetworkRail

const RAILS = { bitcoin: 'BITCOIN', lightning: 'LIGHTNING', rootstock: 'ROOTSTOCK' } as const
const NETWORKS = { BITCOIN: 'bitcoin', LIGHTNING: 'lightning', ROOTSTOCK: 'rootstock' } as const

export const railFor = (network: NetworkName): NetworkRail => RAILS[network]
export const networkFor = (rail: NetworkRail): NetworkName => NETWORKS[rail]
export const isNetworkRail = (rail: Rail): rail is NetworkRail => Object.hasOwn(NETWORKS, rail)
export const contractsOf = (network: NetworkName): (typeof contracts)['bitcoin'] => contracts[network] as unknown as (typeof contracts)['bitcoin']

export const unitsOf = ({ amount, currency }: Amount): Units => ({ amount: amount.toString(), currency })
export const amountIn = ({ amount, currency }: Units): Amount => amountOf(BigInt(amount), currency)

/** A wallet's name says whose it is and what for; the operator's belongs to no project. */
export const walletOf = (organization: string, project: string, purpose: WalletPurpose): string => `${organization}/${project}/${purpose}`

export interface WalletPlace {
  readonly organization: string
  readonly project: string
  readonly purpose: string
}

/** Whose wallet it is; null for one that belongs to no project. */
export function placeOf(wallet: string): WalletPlace | null {
  const [organization, project, purpose, ...rest] = wallet.split('/')
  return organization && project && purpose && rest.length === 0 ? { organization, project, purpose } : null
}

export const shownWallet = ({ id, network, purpose, address, descriptors }: Wallet): Result<typeof contracts.bitcoin.createWallet> =>
  ({ id, network, purpose, address, descriptors: descriptors === null ? null : [...descriptors] })

export const shownChange = (change: NetworkChange): networkShapes.Change => ({ ...change, amount: unitsOf(change.amount), fee: unitsOf(change.fee), at: change.at.toISOString() })

/** The order of a send as its adapter takes it. */
export const sendOf = ({ id, wallets, to, amount, maxFee, feeFromAmount }: z.output<typeof networkShapes.SendOrder>): Send =>
  ({ id, wallets, to, amount: amountIn(amount), maxFee: amountIn(maxFee), ...(feeFromAmount === undefined ? {} : { feeFromAmount }) })
