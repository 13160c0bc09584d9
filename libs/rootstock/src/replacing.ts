import { NetworkError } from '@growr/networks'
import type { Hex } from 'viem'
import type { Rooted } from './rooted.ts'
import { dataOf, deliver, explain, feeWithin, make, mark, tellSend } from './sending.ts'
import type { SendRow, TxRow } from './store.ts'

// A transaction that waits is replaced by one of the same account and number (nonce) with a higher gas price. Both are kept: whichever is in a
// block is the send.

/** Of what is in no block yet: the same bytes again where the node has lost them; more gas where it waits too long and the ceiling allows. */
export async function resume(net: Rooted): Promise<void> {
  for (const tx of lastOnes(net)) {
    if (await net.rpc.knows(tx.hash)) mark(net, tx, 'PENDING', null)
    else await deliver(net, tx)
    if (net.top() - tx.born < net.policy.dropAfter || !net.sending) continue
    try {
      await replace(net, tx)
    } catch (error) {
      if (!(error instanceof NetworkError) || (error.code !== 'FEE_ABOVE_CEILING' && error.code !== 'BALANCE_INSUFFICIENT')) throw error
      explain(net, tx, error.code)
    }
  }
}

/**
 * Pays more for a send that waits. FEE_ABOVE_CEILING (of the send, as it was asked for) and BALANCE_INSUFFICIENT leave it as it is; one that is
 * final stays what it is. WALLET_UNKNOWN: there is no such send.
 */
export async function bump(net: Rooted, id: string): Promise<SendRow> {
  const find = () => net.store.get<SendRow>('SELECT * FROM sends WHERE id = ?', id)
  if (!find()) throw new NetworkError('WALLET_UNKNOWN', 'nothing was sent under this id')
  if (!net.sending) throw new NetworkError('NETWORK_SENDING_OFF', 'nothing is sent until the operator has reconciled')
  await net.rpc.ready()
  const tx = lastOnes(net).find(each => each.owner === 'SEND' && each.id === id)
  if (tx) await replace(net, tx)
  return find()!
}

/** Of each account and nonce the one that pays most, in the order in which a node takes them. */
function lastOnes(net: Rooted): TxRow[] {
  const last = new Map<string, TxRow>()
  for (const tx of net.store.all<TxRow>("SELECT * FROM txs WHERE state = 'LIVE' ORDER BY address, nonce, length(price), price")) last.set(`${tx.address} ${tx.nonce}`, tx)
  return [...last.values()]
}

async function replace(net: Rooted, tx: TxRow): Promise<void> {
  const gas = BigInt(tx.gas)
  const least = (BigInt(tx.price) * (100n + net.policy.replacementPercent) + 99n) / 100n
  const token = net.tokenOf(tx.currency)
  const send = tx.owner === 'SEND' ? net.store.get<SendRow>('SELECT * FROM sends WHERE id = ?', tx.id)! : null
  const most = send ? BigInt(send.ceiling) / gas : net.policy.sweepGasPrice
  if (least > most) throw new NetworkError('FEE_ABOVE_CEILING', 'paying more for it would cost more than allowed', { fee: String(gas * least) })
  const asked = await net.price()
  const price = asked <= least ? least : asked <= most ? asked : most
  const extra = gas * (price - BigInt(tx.price))
  // What empties an address takes its higher fee out of what it moves; others need it besides.
  const within = !token && (send ? feeWithin(send) : tx.owner === 'SWEEP')
  const amount = within ? BigInt(tx.amount) - extra : BigInt(tx.amount)
  if (amount <= 0n || (!within && net.spendable(tx.address, net.native) < extra)) throw new NetworkError('BALANCE_INSUFFICIENT', 'too little is left for a higher fee')
  const { owner, id, wallet, n, address, recipient, nonce, currency } = tx
  const again = await make(net, { owner, id, wallet, n, address, recipient, nonce, currency, amount: String(amount), gas: tx.gas, price: String(price) },
    (token?.address ?? recipient) as Hex, token ? dataOf(recipient as Hex, amount) : undefined)
  net.store.atomically(() => {
    net.store.insert('txs', again)
    if (!send) return
    net.store.run('UPDATE sends SET proof = ?, amount = ?, reason = NULL WHERE id = ?', again.hash, again.amount, send.id)
    tellSend(net, { ...send, proof: again.hash, amount: again.amount, reason: null })
  })
  await deliver(net, again)
}
