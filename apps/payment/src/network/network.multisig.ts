import type { ActionContext } from '@growr/bus'
import { investor as investors, loan as loans, payment as contract, project as projects, Refusal, type Params, type Result } from '@growr/contracts'
import { currencyOf, formatAmount, type Amount } from '@growr/money'
import type { Deposit, DepositDraft, DepositNetwork } from '@growr/networks'
import type { Payments } from '../payments.ts'
import { addressForIntent } from './network.requests.ts'
import { contractsOf, walletOf } from './network.shapes.ts'
import { setupOf } from './networks.ts'

// Multi-signature funding on Bitcoin. Nothing of it is in the books until a release is final: what lies there is the investor's still.
// Released money comes to the address that the contract has in the project's wallet, and is booked like all that comes there.

type Shown = Result<typeof contract.multisig>

const text = (amount: Amount): string => formatAmount(amount, currencyOf('BTC'))

const shownDraft = ({ psbt, amount, fee }: DepositDraft): Result<typeof contract.releaseMultisig> => ({ psbt, amount: text(amount), fee: text(fee) })

const shown = (intent: string, deposit: Deposit): Shown => {
  const { address, descriptor, refundAfter, refundHeight, pending, held, releasing, released, refunded, last } = deposit
  return {
    intent, address, uri: `bitcoin:${address}`, descriptor, refundAfter, refundHeight, proof: last?.proof ?? null,
    pending: text(pending), held: text(held), releasing: text(releasing), released: text(released), refunded: text(refunded),
  }
}

/** A contract whose source is multi-signature, and the network that has it. FUNDING_SOURCE, NOT_OFFERED. */
async function placeOf({ bus, networks }: Payments, key: string, context: ActionContext) {
  const intent = await context.call(investors.findIntent, { intent: key })
  const project = await bus.call(projects.findByKey, { key: intent.project }, { as: { service: 'payment' } })
  const source = project.funding.find(({ id }) => id === intent.source)
  if (source?.type !== 'MULTISIG') throw new Refusal('FUNDING_SOURCE', { path: 'intent', details: { type: source?.type ?? null } })
  const setup = setupOf(networks, 'bitcoin')
  return { intent, project, network: setup.network as DepositNetwork, maxFee: setup.maxFee }
}

/** INTENT_STATUS (the contract is not signed), FUNDING_SOURCE, KEY_INVALID, REQUEST_ID_REUSED (it was opened with other keys). */
export async function openMultisig(payments: Payments, { intent: key, publicKey, refundKey, refundAfter }: Params<typeof contract.openMultisig>, context: ActionContext): Promise<Shown> {
  const { intent, network } = await placeOf(payments, key, context)
  if (intent.status !== 'SIGNED') throw new Refusal('INTENT_STATUS', { path: 'intent', details: { status: intent.status } })
  const wallet = walletOf(intent.organization, intent.project, 'MULTISIG')
  await payments.bus.call(contractsOf('bitcoin').createWallet, { id: wallet, purpose: 'MULTISIG' }, { as: { service: 'payment' } })
  return shown(key, await network.createDeposit({ id: key, wallet, payer: publicKey.trim(), refund: refundKey.trim(), refundAfter }))
}

/** FUNDING_SOURCE, NOT_FOUND (not opened yet). */
export async function multisigOf(payments: Payments, { intent: key }: Params<typeof contract.multisig>, context: ActionContext): Promise<Shown> {
  const { network } = await placeOf(payments, key, context)
  const deposit = await network.deposit(key)
  if (!deposit) throw new Refusal('NOT_FOUND', { path: 'multisig' })
  return shown(key, deposit)
}

/** LOAN_STATUS (the agreement is not signed, or paid out already), NOT_FOUND (a loan of another project), FUNDS_INSUFFICIENT, FEE_ABOVE_CEILING. */
export async function releaseMultisig(payments: Payments, { intent: key, loan: of }: Params<typeof contract.releaseMultisig>, context: ActionContext): Promise<Result<typeof contract.releaseMultisig>> {
  const { intent, project, network, maxFee } = await placeOf(payments, key, context)
  const loan = await context.call(loans.findByKey, { key: of })
  if (loan.project !== project.key) throw new Refusal('NOT_FOUND', { path: 'loan' })
  if (loan.status !== 'SIGNED') throw new Refusal('LOAN_STATUS', { path: 'loan', details: { status: loan.status } })
  const to = await addressForIntent(payments, intent, project)
  return shownDraft(await network.draftDeposit({ id: key, move: 'RELEASE', to, maxFee }))
}

/** FUNDS_INSUFFICIENT (nothing has lain long enough), ADDRESS_INVALID, ADDRESS_FOREIGN, FEE_ABOVE_CEILING, DUST. */
export async function refundMultisig(payments: Payments, { intent: key, to }: Params<typeof contract.refundMultisig>, context: ActionContext): Promise<Result<typeof contract.refundMultisig>> {
  const { network, maxFee } = await placeOf(payments, key, context)
  return shownDraft(await network.draftDeposit({ id: key, move: 'REFUND', to, maxFee }))
}

/** PSBT_INVALID, PSBT_OTHER, SENDING_OFF, NETWORK_REFUSED. */
export async function signMultisig(payments: Payments, { intent: key, psbt }: Params<typeof contract.signMultisig>, context: ActionContext): Promise<Shown> {
  const { network } = await placeOf(payments, key, context)
  return shown(key, await network.moveDeposit(key, psbt))
}
