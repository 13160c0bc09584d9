import type { ActionContext } from '@growr/bus'
import { payment as contract, Refusal, type Params, type Result } from '@growr/contracts'
import { currencyOf, formatAmount, type Amount } from '@growr/money'
import type { LightningNetwork } from '@growr/networks'
import { positiveOf } from '@growr/service'
import type { Payments } from '../payments.ts'

// The Lightning node as its operator sees it. Its own account is nobody's project: channels are opened out of it, and pay for it.

const OPERATOR = 'operator'
const text = (amount: Amount): string => formatAmount(amount, currencyOf('BTC'))

/** NOT_OFFERED where there is none. */
function nodeOf({ networks }: Payments): LightningNetwork {
  const found = networks.on.get('lightning')
  if (!found) throw new Refusal('NOT_OFFERED', { path: 'network', details: { network: 'lightning' } })
  return found as LightningNetwork
}

export async function lightningNode(payments: Payments): Promise<Result<typeof contract.lightningNode>> {
  const node = nodeOf(payments)
  const [about, channels, { canSend, canReceive, reserve }, [own]] = await Promise.all([node.about(), node.channels(), node.liquidity(), node.balances(OPERATOR)])
  return {
    ...about, canSend: text(canSend), canReceive: text(canReceive), reserve: text(reserve),
    channels: channels.map((channel) => ({ ...channel, capacity: text(channel.capacity), ours: text(channel.ours), reserve: text(channel.reserve) })),
    balance: own ? text(own.confirmed) : '0', locked: (own?.locked ?? []).map((held) => ({ amount: text(held.amount), reason: held.reason, releaseHeight: held.releaseHeight })),
  }
}

/** One channel for a request, however often it comes. FUNDS_INSUFFICIENT, NETWORK_DOWN (the peer), ADDRESS_INVALID, NETWORK_REFUSED. */
export function openChannel(payments: Payments, { peer, address, capacity, push }: Params<typeof contract.openChannel>, { requestId }: ActionContext): Promise<Result<typeof contract.openChannel>> {
  const btc = currencyOf('BTC')
  return nodeOf(payments).openChannel({ id: requestId ?? payments.newId(), peer, address, capacity: positiveOf(capacity, btc, 'capacity'), ...(push === undefined ? {} : { push: positiveOf(push, btc, 'push') }) })
}

/** NOT_FOUND, NETWORK_REFUSED. */
export async function closeChannel(payments: Payments, { id, force }: Params<typeof contract.closeChannel>): Promise<Result<typeof contract.closeChannel>> {
  await nodeOf(payments).closeChannel(id, force)
  return { ok: true }
}
