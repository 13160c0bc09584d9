// `npm run networks`: a Bitcoin chain, a Rootstock-like one and somebody with a Lightning node, on this machine alone, for whoever develops
// with payments. `npm run networks -- help` says what can be asked of those that run. Everything is new each time and gone afterwards.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startNode } from '@growr/bitcoin/testing'
import { LdkNode } from '@growr/lightning'
import { startAnvil } from '@growr/rootstock/testing'
import { ensureBitcoind, versionOf } from './bitcoind.mjs'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.networks')
const stateFile = join(folder, 'running.json')
const environmentFile = join(folder, 'env')
const HELP = `mine N                    N blocks on both chains
pay ADDRESS BTC           bitcoin from outside; mine to confirm it
rbtc ADDRESS RBTC         RBTC from outside; mine to confirm it
doc ADDRESS DOC           the test token DOC from outside; mine to confirm it
peer                      the outside's Lightning node: its id and where it listens
channel ID HOST:PORT BTC  opens a channel from there to a node, half of it pushed there; then mine 6
invoice BTC               an invoice of the outside's
payinvoice INVOICE        pays an invoice from outside
state                     what there is`

const say = (text) => process.stdout.write(`${text}\n`)
const amount = (text, decimals) => {
  const match = /^(\d{1,15})(?:\.(\d+))?$/.exec(text ?? '')
  if (!match || (match[2] ?? '').length > decimals) throw new Error(`an amount is digits with at most ${decimals} decimals, not '${text}'`)
  return BigInt(match[1] + (match[2] ?? '').padEnd(decimals, '0'))
}

/** What can be asked, by its name. */
function orders({ chain, anvil, doc, peer, to }) {
  const settle = async (what) => {
    for (let tries = 0; tries < 600; tries++) {
      const payment = await peer.payment(what)
      if (payment?.status !== 'PENDING') return payment
      await new Promise((resolve) => { setTimeout(resolve, 100) })
    }
    return peer.payment(what)
  }
  return {
    async mine([blocks = '1']) {
      const count = Number(amount(blocks, 0))
      if (count < 1 || count > 1_000) throw new Error('between 1 and 1,000 blocks at once')
      await chain.call('generatetoaddress', [count, to])
      await anvil.mine(count)
      await peer.sync()
      return `bitcoin is at ${await chain.call('getblockcount')}, rootstock at ${Number(await anvil.call('eth_blockNumber'))}`
    },
    pay: async ([address, btc]) => `txid ${await chain.call('sendtoaddress', [address, (Number(amount(btc, 8)) / 1e8).toFixed(8)], 'miner')}`,
    rbtc: async ([address = '', rbtc]) => `transaction ${await anvil.pay(address, amount(rbtc, 18))}`,
    async doc([address = '', units]) {
      if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw new Error('an address is 0x and 40 digits')
      const data = `0xa9059cbb${address.slice(2).toLowerCase().padStart(64, '0')}${amount(units, 18).toString(16).padStart(64, '0')}`
      return `transaction ${await anvil.call('eth_sendTransaction', { from: anvil.rich, to: doc, data, gas: '0x186a0', gasPrice: '0x3938700' })}`
    },
    async peer() {
      const { nodeId, address } = await peer.info()
      return `${nodeId} ${address}`
    },
    async channel([id = '', address = '', btc]) {
      const capacityMsat = amount(btc, 8) * 1_000n
      await peer.openChannel({ peer: id, address, capacityMsat, pushMsat: (capacityMsat / 2_000n) * 1_000n })
      return 'the channel is being opened: mine 6'
    },
    invoice: async ([btc]) => (await peer.createInvoice({ amountMsat: amount(btc, 11), description: 'an invoice from outside', expirySeconds: 3_600 })).invoice,
    async payinvoice([invoice = '']) {
      const { readInvoice } = await import('@growr/lightning')
      const { amountMsat } = readInvoice(invoice)
      if (amountMsat === null) throw new Error('the invoice names no amount')
      const id = randomBytes(8).toString('hex')
      await peer.pay({ id, to: invoice, amountMsat, maxFeeMsat: 100_000n })
      const done = await settle(id)
      return `${done?.status ?? 'unknown'}${done?.reason ? `: ${done.reason}` : ''}`
    },
    state: async () => readFileSync(environmentFile, 'utf8'),
    help: async () => HELP,
  }
}

/** Asks those that run. */
async function ask(words) {
  let state
  try {
    state = JSON.parse(readFileSync(stateFile, 'utf8'))
  } catch {
    throw new Error('no networks run: start them with `npm run networks` in another terminal')
  }
  const response = await fetch(state.url, { method: 'POST', headers: { authorization: `Bearer ${state.token}` }, body: JSON.stringify(words) }).catch(() => {
    throw new Error('the networks do not run any more: start them with `npm run networks`')
  })
  const { text, error } = await response.json()
  if (error) throw new Error(error)
  say(text)
}

/** One order; only who can read the state file may give it. */
async function answerTo(request, response, token, known) {
  const answer = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  try {
    let body = ''
    for await (const text of request) {
      body += text
      if (body.length > 10_000) return answer(413, { error: 'too long' })
    }
    const given = Buffer.from(request.headers.authorization ?? '')
    const wanted = Buffer.from(`Bearer ${token}`)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return answer(403, { error: 'not for you' })
    const [name = 'help', ...words] = JSON.parse(body)
    if (!Object.hasOwn(known, name)) return answer(200, { error: `there is no '${name}':\n${HELP}` })
    return answer(200, { text: await known[name](words) })
  } catch (error) {
    return answer(200, { error: error instanceof Error ? error.message : String(error) })
  }
}

/** Starts all of it, and serves orders until it is told to stop. */
async function start() {
  const closing = []
  const stop = async () => {
    for (const close of closing.splice(0).toReversed()) await Promise.resolve(close()).catch(() => undefined)
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const own = process.env.GROWR_BITCOIND
    say('looking for a bitcoind …')
    const binary = await ensureBitcoind(own === undefined ? {} : { env: { BITCOIND_PATH: own } })
    say(await versionOf(binary))
    const chain = await startNode(binary)
    closing.push(() => chain.stop())
    await chain.call('createwallet', ['miner'])
    const to = await chain.call('getnewaddress', [], 'miner')
    await chain.call('generatetoaddress', [110, to])
    say('starting a Rootstock-like node …')
    const anvil = await startAnvil()
    closing.push(() => anvil.stop())
    const doc = await anvil.deployToken(10n ** 27n, 18)
    say('starting somebody’s Lightning node …')
    const directory = join(folder, 'peer')
    rmSync(directory, { recursive: true, force: true })
    const peer = new LdkNode({ rpc: { url: chain.url, user: 'test', password: 'test' }, chain: 'regtest', directory, seed: new Uint8Array(randomBytes(32)), listen: { host: '127.0.0.1', port: 0 } })
    await peer.start()
    closing.push(() => peer.stop(), () => rmSync(directory, { recursive: true, force: true }))
    await chain.call('sendtoaddress', [await peer.onchainAddress(), '10'], 'miner')
    await chain.call('generatetoaddress', [3, to])
    await peer.sync()

    const rates = join(folder, 'rates.json')
    writeFileSync(rates, `${JSON.stringify({ 'BTC/HNL': '2500000.00', 'RBTC/HNL': '2500000.00', 'DOC/HNL': '26.00' }, null, 2)}\n`)
    const environment = {
      GROWR_BITCOIN_URL: chain.url, GROWR_BITCOIN_USER: 'test', GROWR_BITCOIN_PASSWORD: 'test', GROWR_BITCOIN_CHAIN: 'regtest', GROWR_LIGHTNING_NODE: 'ldk', GROWR_LIGHTNING_LISTEN: '127.0.0.1:0',
      GROWR_ROOTSTOCK_URL: anvil.url, GROWR_ROOTSTOCK_CHAIN: '33', GROWR_ROOTSTOCK_TOKENS: `DOC=${doc}:18`, GROWR_RATES_FILE: rates, GROWR_NETWORK_SECONDS: '1',
    }
    writeFileSync(environmentFile, Object.entries(environment).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`).join(''), { mode: 0o600 })
    const token = randomBytes(32).toString('hex')
    const known = orders({ chain, anvil, doc, peer, to })
    const server = createServer((request, response) => void answerTo(request, response, token, known))
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    closing.push(() => server.close(), () => rmSync(stateFile, { force: true }), () => rmSync(environmentFile, { force: true }))
    writeFileSync(stateFile, JSON.stringify({ url: `http://127.0.0.1:${server.address().port}`, token }), { mode: 0o600 })
    say(`\nThe networks run. In another terminal:\n\n  . ${environmentFile}\n  npm start\n\nand to play the outside, \`npm run networks -- …\`:\n\n${HELP.replace(/^/gm, '  ')}\n\nCtrl-C ends them.`)
    await new Promise((resolve) => { for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve) })
    // A terminal sends its signal to everybody: once more is not another.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)
    say('ending …')
  } finally {
    await stop()
  }
}

const words = process.argv.slice(2)
try {
  if (words.length === 0) await start()
  else if (words[0] === 'help') say(HELP)
  else await ask(words)
} catch (error) {
  process.stderr.write(`growr: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
