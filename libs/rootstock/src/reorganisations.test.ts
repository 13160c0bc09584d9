import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { amountOf } from '@growr/money'
import { booksOf, hdSignerOf } from '@growr/networks/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRootstock } from './network.ts'
import { addressAt } from './sign.ts'
import { startAnvil } from './testing.ts'

const RUNS = Number(process.env['GROWR_REORGANISATIONS'] ?? 12)
const VALUE = 10n ** 16n

test('reorganisations of 1 to 6 blocks × payment unconfirmed, confirmed, spent, double-spent × listener running, stopped, crashed', async () => {
  const anvil = await startAnvil()
  const folder = mkdtempSync(join(tmpdir(), 'growr-rootstock-'))
  const signer = hdSignerOf(Buffer.alloc(32, 5))
  const outsider = hdSignerOf(Buffer.alloc(32, 6))
  let life = 0
  let run = 0
  const file = () => join(folder, `${life}.db`)
  const open = () => openRootstock({ url: anvil.url, chain: 33, file: file(), signer, startHeight: 0, policy: { confirmations: [], deepest: 3, sweepFrom: 10n ** 30n } })
  let network = open()
  const all = async () => {
    const feed = [...await network.getPayments({ after: 0, limit: 1000 })]
    for (let page = feed; page.length === 1000;) feed.push(...page = [...await network.getPayments({ after: feed.at(-1)!.seq, limit: 1000 })])
    return feed
  }
  const settle = async (rounds: number) => { for (let round = 0; round < rounds; round++) { await anvil.mine(1); await network.sync() } }
  const coins = async (of: string) => BigInt(await anvil.call('eth_getBalance', of.toLowerCase(), 'latest') as string)
  try {
    await fc.assert(fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }), fc.constantFrom('UNCONFIRMED', 'CONFIRMED', 'SPENT', 'DOUBLE'), fc.constantFrom('RUNNING', 'STOP', 'CRASH'), fc.integer({ min: 1, max: 3 }),
      async (depth, state, how, after) => {
        const id = `w${++run}`
        const wallet = await network.createWallet({ id, purpose: 'FUNDING' })
        await settle(7)
        const to = await addressAt(outsider, run)
        const hash = await anvil.pay(wallet.address!, VALUE)
        await settle(state === 'UNCONFIRMED' ? after % 2 + 1 : 3)
        if (state === 'SPENT') {
          await network.send({ id, wallets: [id], to, amount: amountOf(VALUE / 2n, 'RBTC'), maxFee: amountOf(10n ** 14n, 'RBTC') })
          await settle(after)
        }
        if (how === 'STOP') await network.stop()
        const from = file()
        if (how !== 'RUNNING') {
          life++
          for (const end of ['', '-wal']) if (existsSync(from + end)) copyFileSync(from + end, file() + end)
        }
        if (how === 'CRASH') await network.stop()
        // The last blocks go; what stood in them goes back to whoever sent it, or is spent otherwise.
        const head = Number(await anvil.call('eth_blockNumber'))
        const lost: { raw: string; hash: string; nonce: string; from: string }[] = []
        for (let height = head - depth + 1; height <= head; height++) {
          const block = await anvil.call('eth_getBlockByNumber', `0x${height.toString(16)}`, true) as { transactions: { hash: string; nonce: string; from: string }[] }
          for (const tx of block.transactions) lost.push({ ...tx, raw: await anvil.call('eth_getRawTransactionByHash', tx.hash) as string })
        }
        await anvil.call('anvil_reorg', depth, [])
        await anvil.call('anvil_dropAllTransactions')
        await anvil.mine(1)
        if (how !== 'RUNNING') {
          network = open()
        }
        await network.sync()
        const paid = lost.find(tx => tx.hash === hash)
        const doubled = state === 'DOUBLE' && paid !== undefined
        if (doubled) await anvil.call('eth_sendTransaction', { from: anvil.rich, to: anvil.rich, value: '0x1', nonce: paid.nonce, gas: '0x5208', gasPrice: '0x3938700' })
        for (const tx of lost) if (!(doubled && tx === paid)) await anvil.call('eth_sendRawTransaction', tx.raw).catch(() => undefined)
        await settle(7)
        const feed = await all()
        const last = feed.filter(change => change.kind === 'RECEIVED' && change.wallet === id).at(-1)
        expect(last?.status, 'nothing lost, nothing kept that is gone').toBe(doubled ? 'REVERSED' : 'CONFIRMED')
        if (state === 'SPENT') {
          expect((await network.sent(id))!.status).toBe('CONFIRMED')
          expect(await coins(to), 'paid once').toBe(VALUE / 2n)
        }
        let held = 0n
        for (let n = 0; n <= run; n++) held += await coins(await addressAt(signer, n))
        expect(booksOf(feed).get('RBTC') ?? 0n).toBe(held)
        expect((await network.balances()).reduce((sum, balance) => sum + balance.confirmed.amount, 0n)).toBe(held)
      }), { numRuns: RUNS, ...(process.env['GROWR_SEED'] ? { seed: Number(process.env['GROWR_SEED']) } : {}) })
  } finally {
    await network.stop()
    await anvil.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}, 600_000)

test('what waits for ten blocks is replaced with 40 % more, within its ceiling, and is paid once', async () => {
  const anvil = await startAnvil()
  const folder = mkdtempSync(join(tmpdir(), 'growr-rootstock-'))
  const network = openRootstock({ url: anvil.url, chain: 33, file: join(folder, 'r.db'), signer: hdSignerOf(Buffer.alloc(32, 8)), startHeight: 0, policy: { confirmations: [], deepest: 2 } })
  const wallet = await network.createWallet({ id: 'w', purpose: 'FUNDING' })
  await anvil.pay(wallet.address!, 10n ** 17n)
  await anvil.mine(3)
  await network.sync()
  const to = await addressAt(hdSignerOf(Buffer.alloc(32, 4)), 0)
  const { proof } = await network.send({ id: 's', wallets: ['w'], to, amount: amountOf(10n ** 16n, 'RBTC'), maxFee: amountOf(10n ** 14n, 'RBTC') })
  await anvil.call('anvil_dropTransaction', proof)
  await anvil.mine(10)
  await network.sync()
  const pool = await anvil.call('txpool_content') as { pending: Record<string, Record<string, { gasPrice: string; hash: string }>> }
  const waiting = Object.values(pool.pending).flatMap(each => Object.values(each))
  expect(waiting.map(tx => BigInt(tx.gasPrice))).toEqual([84_000_000n])
  for (let round = 0; round < 3; round++) { await anvil.mine(1); await network.sync() }
  const sent = await network.sent('s')
  expect([sent!.status, sent!.proof, sent!.fee.amount]).toEqual(['CONFIRMED', waiting[0]!.hash, 21_000n * 84_000_000n])
  expect(BigInt(await anvil.call('eth_getBalance', to, 'latest') as string)).toBe(10n ** 16n)
  await network.stop()
  await anvil.stop()
  rmSync(folder, { recursive: true, force: true })
})
