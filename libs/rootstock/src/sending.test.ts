import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { amountOf } from '@growr/money'
import { NetworkError, type NetworkChange } from '@growr/networks'
import { booksOf, hdSignerOf, startRpcProxy, type RpcProxy } from '@growr/networks/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRootstock, type RootstockNetwork, type RootstockOptions } from './network.ts'
import { dataOf } from './sending.ts'
import { addressAt } from './sign.ts'
import { startAnvil, type Anvil } from './testing.ts'

const rbtc = (wei: bigint) => amountOf(wei, 'RBTC')
const MAX = rbtc(10n ** 14n)
const GAS = 21_000n
const outsider = hdSignerOf(Buffer.alloc(32, 4))
const folder = mkdtempSync(join(tmpdir(), 'growr-rootstock-'))
let anvil: Anvil
let proxy: RpcProxy
let token: `0x${string}`
let seeds = 40
let files = 0
const opened: RootstockNetwork[] = []

beforeAll(async () => {
  anvil = await startAnvil()
  proxy = await startRpcProxy(anvil.url)
  token = await anvil.deployToken(10n ** 24n, 18)
})
afterAll(async () => {
  for (const network of opened) await network.stop()
  await proxy.close()
  await anvil.stop()
  rmSync(folder, { recursive: true, force: true })
})

function open(seed: number, over: Partial<RootstockOptions> = {}): RootstockNetwork {
  const network = openRootstock({
    url: proxy.url, chain: 33, file: join(folder, `${++files}.db`), signer: hdSignerOf(Buffer.alloc(32, seed)), tokens: [{ code: 'DOC', address: token, exponent: 18, confirmations: [[10n ** 30n, 2]] }],
    policy: { confirmations: [], deepest: 2, timeoutMs: 2_000 }, ...over,
  })
  opened.push(network)
  return network
}

const coins = async (of: string) => BigInt(await anvil.call('eth_getBalance', of.toLowerCase(), 'latest') as string)
const tokens = async (of: string) => BigInt(await anvil.call('eth_call', { to: token, data: `0x70a08231${of.slice(2).toLowerCase().padStart(64, '0')}` }, 'latest') as string)
const payTokens = (to: string, value: bigint) => anvil.call('eth_sendTransaction', { from: anvil.rich, to: token, data: dataOf(to.toLowerCase() as `0x${string}`, value), gas: '0x186a0', gasPrice: '0x3938700' })
const pool = async () => {
  const { pending } = await anvil.call('txpool_content') as { pending: Record<string, Record<string, { gasPrice: string; hash: string; nonce: string; value: string }>> }
  return Object.values(pending).flatMap(each => Object.values(each))
}
const code = (work: Promise<unknown>) => work.then(() => 'done', (error: unknown) => error instanceof NetworkError ? error.code : String(error))
const feedOf = (network: RootstockNetwork, wallet?: string) => network.getPayments({ after: 0, limit: 1000, ...(wallet === undefined ? {} : { wallet }) })
const told = (feed: readonly NetworkChange[]) => feed.map(({ kind, status, generation, reason }) => [kind, status, generation, reason])
async function settle(network: RootstockNetwork, rounds = 3) {
  for (let round = 0; round < rounds; round++) { await anvil.mine(1); await network.sync() }
}

/** A network of a seed of its own, with a wallet `w` that holds this much. */
async function funded(wei: bigint, over: Partial<RootstockOptions> = {}) {
  const network = open(++seeds, over)
  await network.sync()
  const wallet = await network.createWallet({ id: 'w', purpose: 'FUNDING' })
  await anvil.pay(wallet.address!, wei)
  await settle(network)
  return { network, wallet, seed: seeds }
}

/** All that the seed's first addresses hold on the chain is what the feed adds up to and what is shown. */
async function balanced(network: RootstockNetwork, seed: number) {
  let [rbtcs, docs] = [0n, 0n]
  for (let n = 0; n < 8; n++) {
    const address = await addressAt(hdSignerOf(Buffer.alloc(32, seed)), n)
    rbtcs += await coins(address)
    docs += await tokens(address)
  }
  const books = booksOf(await feedOf(network))
  expect([books.get('RBTC') ?? 0n, books.get('DOC') ?? 0n]).toEqual([rbtcs, docs])
  const balances = await network.balances()
  const shown = (currency: string) => balances.filter(each => each.confirmed.currency === currency).reduce((sum, each) => each.locked.reduce((all, part) => all + part.amount.amount, sum + each.confirmed.amount), 0n)
  expect([shown('RBTC'), shown('DOC')]).toEqual([rbtcs, docs])
  return { rbtcs, docs }
}

test('what waits is SEEN, and the same in its block; what is replaced or dropped is REVERSED and says why', async () => {
  const { network } = await funded(10n ** 16n)
  const { address } = await network.createListener('w', 'ana')
  const first = await feedOf(network)
  const since = async () => (await feedOf(network)).slice(first.length).filter(change => change.kind === 'RECEIVED')
  const hash = await anvil.pay(address, 10n ** 15n)
  await network.sync()
  await network.sync()
  expect(told(await since())).toEqual([['RECEIVED', 'SEEN', 0, null]])
  expect((await since())[0]).toMatchObject({ id: hash, tag: 'ana', confirmations: 0, amount: rbtc(10n ** 15n) })
  const [shown] = await network.balances('w')
  expect([shown!.pending.amount, shown!.confirmed.amount]).toEqual([10n ** 15n, 10n ** 16n])
  await settle(network, 2)
  expect(told(await since())).toEqual([['RECEIVED', 'SEEN', 0, null], ['RECEIVED', 'CONFIRMED', 0, null]])

  const other = await anvil.pay(address, 2n * 10n ** 15n)
  await network.sync()
  const { nonce } = await anvil.call('eth_getTransactionByHash', other) as { nonce: string }
  await anvil.call('eth_sendTransaction', { from: anvil.rich, to: anvil.rich, value: '0x1', nonce, gas: '0x5208', gasPrice: '0x77359400' })
  await network.sync()
  expect(told((await since()).filter(change => change.id === other))).toEqual([['RECEIVED', 'SEEN', 0, null], ['RECEIVED', 'REVERSED', 0, 'REPLACED']])
  await settle(network)

  const lost = await anvil.pay(address, 3n * 10n ** 15n)
  await network.sync()
  const raw = await anvil.call('eth_getRawTransactionByHash', lost)
  await anvil.call('anvil_dropTransaction', lost)
  await network.sync()
  const of = async () => told((await since()).filter(change => change.id === lost))
  expect(await of()).toEqual([['RECEIVED', 'SEEN', 0, null], ['RECEIVED', 'REVERSED', 0, 'DROPPED']])
  expect((await network.balances('w'))[0]!.pending.amount).toBe(0n)
  await anvil.call('eth_sendRawTransaction', raw)
  await settle(network)
  expect((await of()).slice(2).map(([, status, generation]) => [status, generation])).toEqual([['SEEN', 1], ['CONFIRMED', 1]])
  await settle(network)
  await balanced(network, seeds)
})

test('what waits goes on waiting through a reorganisation', async () => {
  const { network, wallet } = await funded(10n ** 16n)
  await anvil.mine(2)
  await network.sync()
  const hash = await anvil.pay(wallet.address!, 10n ** 15n)
  await network.sync()
  await anvil.reorganise(2)
  await network.sync()
  await settle(network)
  expect(told((await feedOf(network)).filter(change => change.id === hash))).toEqual([['RECEIVED', 'SEEN', 0, null], ['RECEIVED', 'CONFIRMED', 0, null]])
})

test('sends that the node has lost keep their places: none takes that of another', async () => {
  const { network, seed } = await funded(10n ** 16n)
  const to = await addressAt(outsider, 8)
  for (const id of ['a', 'b', 'c']) {
    await network.send({ id, wallets: ['w'], to, amount: rbtc(10n ** 15n), maxFee: MAX })
    await anvil.call('anvil_dropAllTransactions')
  }
  await network.sync()
  await settle(network)
  expect(await coins(to)).toBe(3n * 10n ** 15n)
  await balanced(network, seed)
})

test('a node that does not say what waits: a payment is SEEN in its block', async () => {
  const { network, wallet } = await funded(10n ** 16n)
  proxy.treat = (method, params) => method === 'eth_getBlockByNumber' && (params as unknown[])[0] === 'pending' ? { error: { code: -32602, message: 'no such block' } } : 'PASS'
  try {
    const hash = await anvil.pay(wallet.address!, 10n ** 15n)
    await network.sync()
    const of = async () => told((await feedOf(network)).filter(change => change.id === hash))
    expect(await of()).toEqual([])
    await settle(network, 1)
    expect(await of()).toEqual([['RECEIVED', 'SEEN', 0, null]])
    await settle(network, 1)
    expect(await of()).toEqual([['RECEIVED', 'SEEN', 0, null], ['RECEIVED', 'CONFIRMED', 0, null]])
  } finally { proxy.treat = () => 'PASS' }
})

test('from one of our wallets to another: sent by one with its fee, received by the other, coins and tokens alike', async () => {
  const { network, wallet, seed } = await funded(10n ** 17n, { policy: { confirmations: [], deepest: 2, sweepFrom: 10n ** 30n } })
  await network.createWallet({ id: 'v', purpose: 'REPAYMENT' })
  const { address: listening } = await network.createListener('v', 'ben')
  const { address: own } = await network.createListener('w', 'self')
  await payTokens(wallet.address!, 900n)
  await settle(network)
  const send = { wallets: ['w'], maxFee: MAX }
  await network.send({ ...send, id: 'coins', to: listening, amount: rbtc(10n ** 16n) })
  await network.sync()
  expect((await feedOf(network, 'v')).map(({ kind, status, tag }) => [kind, status, tag])).toEqual([['RECEIVED', 'SEEN', 'ben']])
  await settle(network)
  await network.send({ ...send, id: 'tokens', to: (await network.wallet('v'))!.address!, amount: amountOf(300n, 'DOC') })
  await settle(network)
  await network.send({ ...send, id: 'self', to: own, amount: rbtc(10n ** 15n) })
  await settle(network)
  const confirmed = (await feedOf(network)).filter(change => change.status === 'CONFIRMED').slice(2)
  const fee = async (id: string) => (await network.sent(id))!.fee.amount
  expect(confirmed.map(({ kind, wallet: of, amount, fee: cost }) => [kind, of, amount.currency, amount.amount, cost.amount]).toSorted()).toEqual([
    ['RECEIVED', 'v', 'DOC', 300n, 0n], ['RECEIVED', 'v', 'RBTC', 10n ** 16n, 0n], ['RECEIVED', 'w', 'RBTC', 10n ** 15n, 0n],
    ['SENT', 'w', 'DOC', 300n, await fee('tokens')], ['SENT', 'w', 'RBTC', 10n ** 15n, GAS * 60_000_000n], ['SENT', 'w', 'RBTC', 10n ** 16n, GAS * 60_000_000n],
  ].toSorted())
  expect(await network.balances('v')).toMatchObject([{ confirmed: rbtc(0n), locked: [{ amount: rbtc(10n ** 16n) }] }, { confirmed: amountOf(300n, 'DOC') }])
  await balanced(network, seed)
})

test('the fee comes out of the amount: the wallet loses exactly that, and is empty where that is all of it', async () => {
  const { network, wallet, seed } = await funded(10n ** 16n)
  const to = await addressAt(outsider, 1)
  const send = { id: 'a', wallets: ['w'], to, amount: rbtc(4n * 10n ** 15n), maxFee: MAX, feeFromAmount: true }
  expect(await code(network.send({ ...send, amount: rbtc(10n ** 16n + 1n) }))).toBe('BALANCE_INSUFFICIENT')
  expect(await code(network.send({ ...send, amount: rbtc(GAS * 60_000_000n + 1n) }))).toBe('DUST')
  expect(await code(network.send({ ...send, maxFee: rbtc(GAS * 60_000_000n - 1n) }))).toBe('FEE_ABOVE_CEILING')
  expect(await code(network.send({ ...send, amount: amountOf(1n, 'DOC') }))).toBe('CURRENCY_UNSUPPORTED')
  expect((await network.check(send)).fee.amount).toBe(GAS * 60_000_000n)
  expect((await network.send(send)).amount.amount).toBe(4n * 10n ** 15n - GAS * 60_000_000n)
  expect(await code(network.send({ ...send, feeFromAmount: false }))).toBe('NETWORK_ID_REUSED')
  await settle(network)
  expect(await coins(wallet.address!)).toBe(6n * 10n ** 15n)
  await network.send({ ...send, id: 'b', amount: rbtc(6n * 10n ** 15n) })
  await network.bump('b')
  await settle(network)
  expect([await coins(wallet.address!), await coins(to)]).toEqual([0n, 10n ** 16n - GAS * 60_000_000n - GAS * 84_000_000n])
  expect(await network.sent('b')).toMatchObject({ status: 'CONFIRMED', amount: rbtc(6n * 10n ** 15n - GAS * 84_000_000n), fee: rbtc(GAS * 84_000_000n) })
  await balanced(network, seed)
})

for (const mined of ['the first', 'the second'] as const) {
  test(`a send is replaced by one that pays 40 % more; ${mined} is in a block, and it is booked once`, async () => {
    const { network, seed } = await funded(10n ** 16n)
    const to = await addressAt(outsider, mined === 'the first' ? 2 : 3)
    const first = await network.send({ id: 's', wallets: ['w'], to, amount: rbtc(10n ** 15n), maxFee: MAX })
    const raw = await anvil.call('eth_getRawTransactionByHash', first.proof)
    // The node never hears of it: the next look sends what was stored before.
    proxy.treat = method => method === 'eth_sendRawTransaction' ? 'HANG' : 'PASS'
    const second = await network.bump('s')
    proxy.treat = () => 'PASS'
    expect([second.status, second.proof === first.proof]).toEqual(['UNKNOWN', false])
    await network.sync()
    const waiting = await pool()
    expect(waiting.map(tx => [tx.hash, BigInt(tx.gasPrice)])).toEqual([[second.proof, 84_000_000n]])
    if (mined === 'the first') {
      await anvil.call('anvil_dropTransaction', second.proof)
      await anvil.call('eth_sendRawTransaction', raw)
    }
    await settle(network)
    const sent = await network.sent('s')
    expect([sent!.status, sent!.proof, sent!.fee.amount]).toEqual(mined === 'the first' ? ['CONFIRMED', first.proof, GAS * 60_000_000n] : ['CONFIRMED', second.proof, GAS * 84_000_000n])
    expect(await network.bump('s')).toEqual(sent)
    await settle(network)
    expect((await feedOf(network)).filter(change => change.kind === 'SENT' && change.status === 'CONFIRMED')).toHaveLength(1)
    expect(await coins(to)).toBe(10n ** 15n)
    await balanced(network, seed)
  })
}

test('a replacement keeps to the ceiling of its send, asked for or by itself after ten blocks, and says that it waits for that', async () => {
  const { network, seed } = await funded(10n ** 16n)
  const to = await addressAt(outsider, 5)
  // 40 % more is allowed, and 40 % more than that is not.
  const send = { id: 's', wallets: ['w'], to, amount: rbtc(10n ** 15n), maxFee: rbtc(GAS * 117_599_999n) }
  const first = await network.send(send)
  expect(await code(network.bump('nobody'))).toBe('WALLET_UNKNOWN')
  network.setSending(false)
  expect(await code(network.bump('s'))).toBe('NETWORK_SENDING_OFF')
  network.setSending(true)
  const second = await network.bump('s')
  expect(second.proof).not.toBe(first.proof)
  const before = await feedOf(network)
  expect(await code(network.bump('s'))).toBe('FEE_ABOVE_CEILING')
  expect([await feedOf(network), (await network.sent('s'))!.proof]).toEqual([before, second.proof])
  for (let round = 0; round < 2; round++) {
    await anvil.call('anvil_dropAllTransactions')
    await anvil.mine(10)
    await network.sync()
  }
  expect(await network.sent('s')).toMatchObject({ status: 'PENDING', proof: second.proof, reason: 'FEE_ABOVE_CEILING' })
  expect((await feedOf(network)).filter(change => change.reason === 'FEE_ABOVE_CEILING')).toHaveLength(1)
  expect((await pool()).map(tx => tx.hash)).toEqual([second.proof])
  await settle(network)
  expect(await network.sent('s')).toMatchObject({ status: 'CONFIRMED', reason: null, fee: rbtc(GAS * 84_000_000n) })
  await balanced(network, seed)
})

test('where the node asks for more than 40 %, a replacement pays that, up to the ceiling', async () => {
  const { network } = await funded(10n ** 16n)
  const to = await addressAt(outsider, 6)
  await network.send({ id: 's', wallets: ['w'], to, amount: rbtc(10n ** 15n), maxFee: rbtc(GAS * 100_000_000n) })
  proxy.treat = method => method === 'eth_gasPrice' ? { result: '0x3b9aca00' } : 'PASS'
  try { await network.bump('s') } finally { proxy.treat = () => 'PASS' }
  expect((await pool()).map(tx => BigInt(tx.gasPrice))).toEqual([100_000_000n])
  await settle(network)
})

for (const order of ['wallets first', 'a look first'] as const) {
  test(`a seed with a new store finds what came before, coins and tokens, in bounded ranges (${order})`, async () => {
    const startHeight = Number(await anvil.call('eth_blockNumber')) + 1
    const { network, wallet, seed } = await funded(10n ** 17n)
    const { address } = await network.createListener('w', 'ana')
    const { address: swept } = await network.createListener('w', 'ben')
    await payTokens(wallet.address!, 700n)
    await anvil.pay(swept, 10n ** 15n)
    await payTokens(address, 80n)
    await settle(network, 12)
    await network.send({ id: 's', wallets: ['w'], to: await addressAt(outsider, 7), amount: rbtc(10n ** 15n), maxFee: MAX })
    await settle(network, 12)
    const { rbtcs, docs } = await balanced(network, seed)
    expect([docs, await coins(swept), await tokens(address)]).toEqual([780n, 0n, 0n])
    await network.stop()

    const asked: number[] = []
    proxy.treat = (method, params) => {
      if (method !== 'eth_getLogs') return 'PASS'
      const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }]
      const blocks = Number(toBlock) - Number(fromBlock) + 1
      asked.push(blocks)
      return blocks > 5 ? { error: { code: -32000, message: 'the range is too large' } } : 'PASS'
    }
    try {
      const again = open(seed, { startHeight, policy: { confirmations: [], deepest: 2, logRange: 12, blocksAtOnce: 3 } })
      if (order === 'a look first') await again.sync()
      expect((await again.createWallet({ id: 'w', purpose: 'FUNDING' })).address).toBe(wallet.address)
      if (order === 'a look first') await again.sync()
      await again.createListener('w', 'ana')
      await again.createListener('w', 'ben')
      await again.sync()
      expect(asked.every(blocks => blocks >= 1 && blocks <= 12) && asked.some(blocks => blocks <= 5)).toBe(true)
      expect(await balanced(again, seed)).toEqual({ rbtcs, docs })
      const confirmed = booksOf((await feedOf(again)).filter(change => change.kind === 'RECEIVED'))
      expect([confirmed.get('RBTC'), confirmed.get('DOC')]).toEqual([10n ** 17n + 10n ** 15n, 780n])
      // And it goes on from there: the next nonce is the chain's.
      await again.send({ id: 't', wallets: ['w'], to: await addressAt(outsider, 7), amount: rbtc(10n ** 15n), maxFee: MAX })
      await settle(again)
      expect((await again.sent('t'))!.status).toBe('CONFIRMED')
      await balanced(again, seed)
    } finally { proxy.treat = () => 'PASS' }
  })
}
