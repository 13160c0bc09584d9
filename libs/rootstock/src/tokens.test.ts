import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { amountOf } from '@growr/money'
import { booksOf, hdSignerOf } from '@growr/networks/testing'
import { expect, test } from 'vitest'
import { openRootstock } from './network.ts'
import { dataOf } from './sending.ts'
import { addressAt } from './sign.ts'
import { startAnvil } from './testing.ts'

test('a token is paid in, swept with gas from the wallet’s account, and paid out; every wei is accounted for', async () => {
  const anvil = await startAnvil()
  const folder = mkdtempSync(join(tmpdir(), 'growr-rootstock-'))
  const token = await anvil.deployToken(10n ** 24n, 18)
  const signer = hdSignerOf(Buffer.alloc(32, 3))
  const network = openRootstock({ url: anvil.url, chain: 33, file: join(folder, 'r.db'), signer, tokens: [{ code: 'DOC', address: token, exponent: 18, confirmations: [] }], policy: { confirmations: [], deepest: 2 } })
  await network.sync()
  const wallet = await network.createWallet({ id: 'w', purpose: 'FUNDING' })
  const { address } = await network.createListener('w', 'ana')
  await anvil.pay(wallet.address!, 10n ** 15n)
  await anvil.call('eth_sendTransaction', { from: anvil.rich, to: token, data: dataOf(address.toLowerCase() as `0x${string}`, 500n), gas: '0x186a0', gasPrice: '0x3938700' })
  const settle = async () => { for (let round = 0; round < 14; round++) { await anvil.mine(1); await network.sync() } }
  await settle()
  const feed = await network.getPayments({ after: 0, limit: 1000 })
  expect(feed.filter(change => change.amount.currency === 'DOC').map(change => [change.kind, change.status, change.tag, change.amount.amount]))
    .toEqual([['RECEIVED', 'SEEN', 'ana', 500n], ['RECEIVED', 'CONFIRMED', 'ana', 500n]])
  expect(feed.filter(change => change.kind === 'FEE').length).toBe(2)
  const to = await addressAt(hdSignerOf(Buffer.alloc(32, 4)), 0)
  const sent = await network.send({ id: 's', wallets: ['w'], to, amount: amountOf(300n, 'DOC'), maxFee: amountOf(10n ** 14n, 'RBTC') })
  expect(sent.status).toBe('PENDING')
  await settle()
  expect((await network.sent('s'))!.status).toBe('CONFIRMED')
  const tokens = async (of: string) => BigInt(await anvil.call('eth_call', { to: token, data: `0x70a08231${of.slice(2).toLowerCase().padStart(64, '0')}` }, 'latest') as string)
  const coins = async (of: string) => BigInt(await anvil.call('eth_getBalance', of.toLowerCase(), 'latest') as string)
  expect([await tokens(to), await tokens(wallet.address!), await tokens(address)]).toEqual([300n, 200n, 0n])
  const books = booksOf(await network.getPayments({ after: 0, limit: 1000 }))
  expect(books.get('DOC')).toBe(200n)
  expect(books.get('RBTC')).toBe(await coins(wallet.address!) + await coins(address))
  // What the sweep's gas left on the token's address costs more than it is worth to move.
  expect(await coins(address)).toBeGreaterThan(0n)
  expect(await network.balances('w')).toMatchObject([
    { confirmed: { amount: await coins(wallet.address!) }, locked: [{ amount: { amount: await coins(address) }, reason: 'too little to be moved to the wallet’s account' }] },
    { confirmed: { amount: 200n }, locked: [] },
  ])
  await network.stop()
  await anvil.stop()
  rmSync(folder, { recursive: true, force: true })
})
