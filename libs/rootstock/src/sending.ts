import { NetworkError, type Send } from '@growr/networks'
import { encodeFunctionData, parseAbi, type Hex } from 'viem'
import { readAddress } from './address.ts'
import { TRANSFER_GAS } from './policy.ts'
import type { Rooted } from './rooted.ts'
import { NodeRefusal } from './rpc.ts'
import { signLegacy } from './sign.ts'
import type { AddressRow, SendRow, TxRow } from './store.ts'

const TRANSFER = parseAbi(['function transfer(address to, uint256 value) returns (bool)'])

const FEE_WITHIN = 'fee from amount'

interface Plan { readonly from: AddressRow; readonly to: Hex; readonly amount: bigint; readonly gas: bigint; readonly price: bigint; readonly data: Hex | undefined; readonly contract: Hex }

export function dataOf(to: Hex, amount: bigint): Hex {
  return encodeFunctionData({ abi: TRANSFER, functionName: 'transfer', args: [to, amount] })
}

/** Everything that a send would be refused for; nothing moves. */
export async function plan(net: Rooted, send: Send): Promise<Plan> {
  if (!net.sending) throw new NetworkError('NETWORK_SENDING_OFF', 'nothing is sent until the operator has reconciled')
  const { currency, amount } = send.amount
  const token = net.tokenOf(currency)
  if (currency !== net.native && !token) throw new NetworkError('CURRENCY_UNSUPPORTED', 'neither RBTC nor a configured token')
  const within = send.feeFromAmount ?? false
  if (within && token) throw new NetworkError('CURRENCY_UNSUPPORTED', 'the fee is in RBTC, so it cannot come out of tokens')
  if (send.maxFee.currency !== net.native) throw new NetworkError('CURRENCY_UNSUPPORTED', 'fees are paid in RBTC')
  if (send.wallets.length === 0) throw new NetworkError('WALLET_UNKNOWN', 'from no wallet')
  const from = send.wallets.map(wallet => net.main(wallet))
  const to = readAddress(send.to, net.chain)
  if (amount <= 0n || (!token && amount < TRANSFER_GAS * net.policy.minimumGasPrice)) throw new NetworkError('DUST', 'less than what it costs to move it on')
  await net.rpc.ready()
  const price = await net.price()
  const enough = (row: AddressRow, fee: bigint) => within ? net.spendable(row.address, currency) >= amount : token
    ? net.spendable(row.address, currency) >= amount && net.spendable(row.address, net.native) >= fee
    : net.spendable(row.address, currency) >= amount + fee
  const payer = from.find(row => enough(row, TRANSFER_GAS * price))
  const data = token ? dataOf(to, amount) : undefined
  const contract = (token?.address ?? to) as Hex
  const left = (fee: bigint): bigint => {
    const value = within ? amount - fee : amount
    if (!token && value < TRANSFER_GAS * net.policy.minimumGasPrice) throw new NetworkError('DUST', 'less than what it costs to move it on')
    return value
  }
  const refuse = () => new NetworkError('BALANCE_INSUFFICIENT', 'no wallet holds enough by itself for the amount and its fee')
  if (TRANSFER_GAS * price > send.maxFee.amount) throw new NetworkError('FEE_ABOVE_CEILING', 'it would cost more than allowed', { fee: String(TRANSFER_GAS * price) })
  if (!payer) throw refuse()
  let gas: bigint
  try {
    gas = await net.rpc.estimate({ from: payer.address, to: contract, ...(data ? { data } : { value: `0x${left(TRANSFER_GAS * price).toString(16)}` as Hex }) })
  } catch (error) {
    if (error instanceof NodeRefusal) throw new NetworkError('NETWORK_REFUSED', `the node says that it would fail: ${error.message}`)
    throw error
  }
  // A contract may need a little more by then than it does now; a plain transfer costs what it costs.
  if (gas > TRANSFER_GAS) gas += gas / 5n
  if (gas * price > send.maxFee.amount) throw new NetworkError('FEE_ABOVE_CEILING', 'it would cost more than allowed', { fee: String(gas * price) })
  const chosen = from.find(row => enough(row, gas * price))
  if (!chosen) throw refuse()
  return { from: chosen, to, amount: left(gas * price), gas, price, data, contract }
}

export const askedOf = (send: Send): string =>
  JSON.stringify([send.wallets, send.to.toLowerCase(), send.amount.currency, String(send.amount.amount), send.maxFee.currency, String(send.maxFee.amount), ...(send.feeFromAmount ? [FEE_WITHIN] : [])])

/** Whether what was asked for has its fee in the amount. */
export const feeWithin = (row: SendRow): boolean => (JSON.parse(row.asked) as unknown[]).at(-1) === FEE_WITHIN

export async function sendOnce(net: Rooted, send: Send): Promise<SendRow> {
  const known = net.store.get<SendRow>('SELECT * FROM sends WHERE id = ?', send.id)
  if (known) {
    if (known.asked !== askedOf(send)) throw new NetworkError('NETWORK_ID_REUSED', 'this id was sent with something else')
    return known
  }
  const { from, to, amount, gas, price, data, contract } = await plan(net, send)
  const tx = await make(net, {
    owner: 'SEND', id: send.id, wallet: from.wallet, n: from.n, address: from.address, recipient: to, nonce: await net.nonce(from.address as Hex),
    currency: send.amount.currency, amount: String(amount), gas: String(gas), price: String(price),
  }, contract, data)
  const row: SendRow = {
    id: send.id, asked: askedOf(send), wallet: from.wallet, recipient: to, currency: tx.currency, amount: tx.amount, ceiling: String(send.maxFee.amount),
    status: 'PENDING', fee: '0', proof: tx.hash, reason: null, generation: 0,
  }
  net.store.atomically(() => {
    net.store.insert('sends', row)
    net.store.insert('txs', tx)
    tellSend(net, row)
  })
  await deliver(net, tx, true)
  return net.store.get<SendRow>('SELECT * FROM sends WHERE id = ?', send.id)!
}

/** Signs a transaction; nothing leaves. */
export async function make(net: Rooted, tx: Omit<TxRow, 'hash' | 'raw' | 'born' | 'state'>, to: Hex, data: Hex | undefined): Promise<TxRow> {
  const { raw, hash } = await signLegacy(net.signer, tx.n, tx.address as Hex, {
    chainId: net.chain, nonce: tx.nonce, gasPrice: BigInt(tx.price), gas: BigInt(tx.gas), to, value: data ? 0n : BigInt(tx.amount), ...(data ? { data } : {}),
  })
  return { ...tx, raw, hash, born: net.top(), state: 'LIVE' }
}

/** Broadcasts bytes that are stored already. No answer: UNKNOWN. A no to the first attempt is final where the node does not have it: FAILED. */
export async function deliver(net: Rooted, tx: TxRow, first = false): Promise<void> {
  try {
    await net.rpc.broadcast(tx.raw)
    mark(net, tx, 'PENDING', null)
  } catch (error) {
    if (!(error instanceof NodeRefusal)) return mark(net, tx, 'UNKNOWN', 'the node gave no answer')
    if (/already|known transaction/i.test(error.message)) return mark(net, tx, 'PENDING', null)
    if (!first) return
    try {
      if (await net.rpc.knows(tx.hash)) return
    } catch { return mark(net, tx, 'UNKNOWN', 'the node gave no answer') }
    net.store.atomically(() => {
      net.store.run("UPDATE txs SET state = 'DEAD' WHERE hash = ?", tx.hash)
      markRow(net, tx, 'FAILED', error.message)
    })
  }
}

export function mark(net: Rooted, tx: TxRow, status: SendRow['status'], reason: string | null): void {
  net.store.atomically(() => markRow(net, tx, status, reason))
}

function markRow(net: Rooted, tx: TxRow, status: SendRow['status'], reason: string | null): void {
  if (tx.owner !== 'SEND') return
  const row = net.store.get<SendRow>('SELECT * FROM sends WHERE id = ?', tx.id)
  if (!row || row.status === status || row.status === 'CONFIRMED' || row.status === 'FAILED') return
  net.store.run('UPDATE sends SET status = ?, reason = ? WHERE id = ?', status, reason, row.id)
  tellSend(net, { ...row, status, reason })
}

/** Says once why a send goes on waiting as it is. */
export function explain(net: Rooted, tx: TxRow, reason: string): void {
  if (tx.owner !== 'SEND') return
  const row = net.store.get<SendRow>('SELECT * FROM sends WHERE id = ?', tx.id)
  if (!row || row.reason === reason || (row.status !== 'PENDING' && row.status !== 'UNKNOWN')) return
  net.store.atomically(() => {
    net.store.run('UPDATE sends SET reason = ? WHERE id = ?', reason, row.id)
    tellSend(net, { ...row, reason })
  })
}

export function tellSend(net: Rooted, row: SendRow): void {
  net.grown = true
  net.store.tell({
    kind: 'SENT', id: row.id, generation: row.generation, wallet: row.wallet, tag: null, status: row.status, currency: row.currency, amount: row.amount, fee: '0',
    address: row.recipient, proof: row.proof, confirmations: 0, reason: row.reason, at: Date.now(),
  })
}

/** Moves what listeners' addresses hold to the wallet's own account; tokens need gas there first. */
export async function sweep(net: Rooted): Promise<void> {
  if (!net.sending) return
  const held = net.store.all<AddressRow>(`SELECT * FROM addresses WHERE tag IS NOT NULL AND address IN (SELECT credit FROM facts WHERE status = 'CONFIRMED')
    AND address NOT IN (SELECT address FROM txs WHERE state IN ('LIVE', 'MINED'))`)
  let price: bigint | undefined
  for (const row of held) {
    const main = net.main(row.wallet)
    if (revive(net, row)) continue
    const coin = net.spendable(row.address, net.native)
    const token = [...net.tokens.values()].find(each => net.spendable(row.address, each.code) >= (each.sweepFrom ?? 1n))
    if (!token && coin < net.policy.sweepFrom) continue
    price ??= await net.price()
    if (price > net.policy.sweepGasPrice) return
    const base = { owner: 'SWEEP', id: row.address, wallet: row.wallet, n: row.n, address: row.address, recipient: main.address, price: String(price) } as const
    if (token) {
      const amount = net.spendable(row.address, token.code)
      const data = dataOf(main.address as Hex, amount)
      const used = await net.rpc.estimate({ from: row.address, to: token.address, data })
      const gas = used + used / 5n
      if (coin >= gas * price) {
        await go(net, { ...base, nonce: await net.sweepNonce(row.address as Hex), currency: token.code, amount: String(amount), gas: String(gas) }, token.address as Hex, data)
      } else if (!net.store.get("SELECT hash FROM txs WHERE recipient = ? AND owner = 'GAS' AND state IN ('LIVE', 'MINED')", row.address)) {
        const lacking = gas * price - coin
        if (net.spendable(main.address, net.native) < lacking + TRANSFER_GAS * price) continue
        await go(net, { ...base, owner: 'GAS', id: row.address, n: main.n, address: main.address, recipient: row.address, nonce: await net.nonce(main.address as Hex),
          currency: net.native, amount: String(lacking), gas: String(TRANSFER_GAS) }, row.address as Hex, undefined)
      }
    } else {
      const amount = coin - TRANSFER_GAS * price
      if (amount > 0n) await go(net, { ...base, nonce: await net.sweepNonce(row.address as Hex), currency: net.native, amount: String(amount), gas: String(TRANSFER_GAS) }, main.address as Hex, undefined)
    }
  }
}

/** A sweep whose money went away with a reorganisation leaves with the same bytes when it is back. */
function revive(net: Rooted, row: AddressRow): boolean {
  const parked = net.store.get<TxRow>("SELECT * FROM txs WHERE address = ? AND state = 'PARKED' ORDER BY nonce, born DESC", row.address)
  if (!parked) return false
  const fee = BigInt(parked.gas) * BigInt(parked.price)
  const coin = net.spendable(row.address, net.native)
  const enough = parked.currency === net.native ? coin >= BigInt(parked.amount) + fee : coin >= fee && net.spendable(row.address, parked.currency) >= BigInt(parked.amount)
  if (enough) net.store.run("UPDATE txs SET state = 'LIVE', born = ? WHERE hash = ?", net.top(), parked.hash)
  return enough
}

async function go(net: Rooted, tx: Omit<TxRow, 'hash' | 'raw' | 'born' | 'state'>, to: Hex, data: Hex | undefined): Promise<void> {
  const made = await make(net, tx, to, data)
  net.store.atomically(() => {
    net.store.run("UPDATE txs SET state = 'DEAD' WHERE address = ? AND nonce = ? AND state = 'PARKED'", tx.address, tx.nonce)
    net.store.insert('txs', made)
  })
  await deliver(net, made, true)
}
