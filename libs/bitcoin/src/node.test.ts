import { hdSignerOf } from '@growr/networks/testing'
import { HDKey } from '@scure/bip32'
import * as btc from '@scure/btc-signer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scriptOf } from './address.ts'
import { CHAINS } from './chain.ts'
import { selectCoins, type Coin } from './coins.ts'
import { readPublicKey, requireChecksum } from './descriptor.ts'
import { finishMultisig, multisigOf, multisigPsbt, signMultisig, type Multisig } from './multisig.ts'
import { acceptPsbt, psbtOf, readPsbt, writePsbt } from './psbt.ts'
import { startNode, type TestNode } from './testing.regtest.ts'
import { buildPayment, bumpPayment, type Signed } from './transaction.ts'
import { openAccount, type Account } from './wallet.ts'

// What we build, before a real node: it watches our descriptors, takes our transactions, and signs elsewhere.

const binary = process.env['BITCOIND_PATH'] ?? ''
const SLOW = 120_000
const seed = Buffer.alloc(32, 9)
const signer = hdSignerOf(seed)

interface Accepted {
  readonly allowed: boolean
  readonly vsize?: number
  readonly 'reject-reason'?: string
}

describe('before a node', () => {
  let node: TestNode
  let accounts: readonly [Account, Account]
  const mine = async (blocks: number): Promise<void> => {
    await node.call('generatetoaddress', [blocks, await node.call('getnewaddress', [], 'miner')])
  }
  const accepts = async (hex: string): Promise<Accepted> => (await node.call<Accepted[]>('testmempoolaccept', [[hex]]))[0] ?? { allowed: false }

  /** Pays from the miner and mines it; amounts in bitcoin, as text. */
  async function pay(address: string, amount: string): Promise<{ txid: string; vout: number; value: bigint; raw: Uint8Array }> {
    const txid = await node.call<string>('sendtoaddress', [address, amount], 'miner')
    const { hex } = await node.call<{ hex: string }>('gettransaction', [txid], 'miner')
    // Not every block takes it.
    while ((await node.call<{ confirmations: number }>('gettransaction', [txid], 'miner')).confirmations < 1) await mine(1)
    const raw = Uint8Array.from(Buffer.from(hex, 'hex'))
    const tx = btc.Transaction.fromRaw(raw, { allowUnknownOutputs: true })
    const script = Buffer.from(scriptOf(address, 'regtest'))
    const vout = Array.from({ length: tx.outputsLength }, (_, at) => at).find((at) => script.equals(tx.getOutput(at).script ?? new Uint8Array())) ?? -1
    return { txid, vout, value: tx.getOutput(vout).amount ?? 0n, raw }
  }

  async function coinOf(account: Account, index: number, amount: string): Promise<Coin> {
    const { address, script, path, publicKey, origin } = account.derive(0, index)
    return { ...await pay(address, amount), script, kind: account.kind, path, publicKey, origin }
  }

  beforeAll(async () => {
    node = await startNode(binary)
    await node.call('createwallet', ['miner'])
    await mine(110)
    accounts = [await openAccount(signer, 'p2wpkh', 'regtest', 3), await openAccount(signer, 'p2tr', 'regtest', 3)]
  }, SLOW)
  afterAll(async () => { await node?.stop() }, SLOW)

  it('our descriptors give the node the same addresses, and a wallet made of them sees what came in', async () => {
    await node.call('createwallet', ['watch', true, true])
    for (const account of accounts) {
      for (const branch of [0, 1] as const) {
        const addresses = await node.call('deriveaddresses', [account.descriptors[branch], [0, 4]])
        expect(addresses).toEqual([0, 1, 2, 3, 4].map((index) => account.derive(branch, index).address))
      }
      const imported = await node.call<{ success: boolean }[]>('importdescriptors', [account.descriptors.map((desc, branch) => (
        { desc, timestamp: 'now', range: [0, 20], internal: branch === 1, active: true }))], 'watch')
      expect(imported.map(({ success }) => success)).toEqual([true, true])
    }
    const coins = [await coinOf(accounts[0], 11, '0.00123'), await coinOf(accounts[1], 12, '0.00456')]
    const seen = await node.call<{ txid: string; vout: number }[]>('listunspent', [1], 'watch')
    expect(new Set(seen.map(({ txid, vout }) => `${txid}:${vout}`))).toEqual(new Set(coins.map(({ txid, vout }) => `${txid}:${vout}`)))
  }, SLOW)

  it('takes a payment of both kinds of coins, and its replacement with a higher fee', async () => {
    const coins = [await coinOf(accounts[0], 0, '0.0005'), await coinOf(accounts[1], 0, '0.0005')]
    const outputs = [{ script: scriptOf(await node.call('getnewaddress', [], 'miner'), 'regtest'), value: 70_000n }]
    const changeScript = accounts[1].derive(1, 0).script
    const first = selectCoins({ coins, outputs, rate: 2, maxFee: 10_000n, changeScript })
    const signed = await buildPayment(first, signer)
    expect(await accepts(signed.hex)).toMatchObject({ allowed: true, vsize: signed.vsize })
    await node.call('sendrawtransaction', [signed.hex])
    const bumped = await buildPayment(bumpPayment({ coins: first.coins, payments: outputs, fee: first.fee, rate: 2.5, maxFee: 10_000n, changeScript }), signer)
    expect(await accepts(bumped.hex)).toMatchObject({ allowed: true })
    await node.call('sendrawtransaction', [bumped.hex])
    expect(await node.call('getrawmempool')).toEqual([bumped.txid])
    await mine(1)
    expect(await node.call('getrawmempool')).toEqual([])
  }, SLOW)

  it('signs our PSBT as a wallet elsewhere would', async () => {
    const master = HDKey.fromMasterSeed(seed, { ...CHAINS.regtest.versions })
    await node.call('createwallet', ['holder', false, true])
    const descriptors = await Promise.all(accounts.map(async ({ descriptors: [external] }) => {
      // The same descriptor with the private key in the place of the public one.
      const desc = requireChecksum(external).replace(/\[[0-9a-f]{8}\/([^\]]+)\]\w+/, (_, path: string) => `${master.privateExtendedKey}/${path}`)
      return { desc: `${desc}#${(await node.call<{ checksum: string }>('getdescriptorinfo', [desc])).checksum}`, timestamp: 'now', range: [0, 20] }
    }))
    expect(await node.call('importdescriptors', [descriptors], 'holder')).toMatchObject([{ success: true }, { success: true }])
    const coins = [await coinOf(accounts[0], 1, '0.0005'), await coinOf(accounts[1], 1, '0.0005')]
    const selection = selectCoins({
      coins, outputs: [{ script: scriptOf(await node.call('getnewaddress', [], 'miner'), 'regtest'), value: 80_000n }], rate: 2, maxFee: 10_000n, changeScript: accounts[0].derive(1, 1).script,
    })
    const given = psbtOf(selection)
    for (const finalize of [false, true]) {
      const { psbt, complete } = await node.call<{ psbt: string; complete: boolean }>('walletprocesspsbt', [given, true, 'DEFAULT', true, finalize], 'holder')
      const signed = acceptPsbt(given, psbt)
      expect([complete, (await accepts(signed.hex)).allowed, signed.fee]).toEqual([finalize, true, selection.fee])
    }
  }, SLOW)

  describe('a deposit of investor and originator', () => {
    const REFUND_AFTER = 12
    const PATH = "m/86'/1'/77'/0/0"
    const investor = HDKey.fromMasterSeed(Buffer.alloc(32, 21), { ...CHAINS.regtest.versions })
    let multisig: Multisig
    let to: Uint8Array

    beforeAll(async () => {
      const xpub = (path: string): string => `[${investor.fingerprint.toString(16).padStart(8, '0')}/${path}]${investor.derive(`m/${path}`).publicExtendedKey}`
      multisig = multisigOf({
        investor: readPublicKey(`${xpub("86'/1'/0'")}/0/0`, 'regtest'), refund: readPublicKey(`${xpub("86'/1'/1'")}/0/0`, 'regtest'),
        originator: { publicKey: await signer.publicKey(PATH), origin: null }, refundAfter: REFUND_AFTER,
      }, 'regtest')
      to = accounts[0].derive(0, 5).script
      // The investor's wallet is the node's own: the same descriptor with its private keys in their places.
      await node.call('createwallet', ['investor', false, true])
      const keys = ["86'/1'/0'", "86'/1'/1'"].map((path) => ({ path, publicKey: investor.derive(`m/${path}/0/0`).publicKey ?? new Uint8Array() }))
      let desc = requireChecksum(multisig.descriptor)
      for (const { path, publicKey } of keys) desc = desc.replace(Buffer.from(publicKey.subarray(1)).toString('hex'), `${investor.privateExtendedKey}/${path}/0/0`)
      const { checksum } = await node.call<{ checksum: string }>('getdescriptorinfo', [desc])
      expect(await node.call('importdescriptors', [[{ desc: `${desc}#${checksum}`, timestamp: 'now' }]], 'investor')).toMatchObject([{ success: true }])
    }, SLOW)

    const investorSigns = async (psbt: string): Promise<string> => (await node.call<{ psbt: string }>('walletprocesspsbt', [psbt, true, 'DEFAULT', true, false], 'investor')).psbt

    async function send({ hex }: Signed): Promise<void> {
      await node.call('sendrawtransaction', [hex])
      await mine(1)
    }

    it('lies at the address that the node derives from its descriptor', async () => {
      expect(await node.call('deriveaddresses', [multisig.descriptor])).toEqual([multisig.address])
    }, SLOW)

    it('is released by both, the investor signing elsewhere', async () => {
      const deposit = await pay(multisig.address, '0.01')
      const { psbt, value } = multisigPsbt(multisig, { leaf: 'release', coins: [deposit], to, rate: 2, maxFee: 5000n })
      const theirs = await investorSigns(psbt)
      expect(() => finishMultisig(multisig, 'release', psbt, [theirs])).toThrow(expect.objectContaining({ code: 'PSBT_INVALID' }))
      const signed = finishMultisig(multisig, 'release', psbt, [theirs, await signMultisig(multisig, 'release', psbt, signer, PATH)])
      expect(await accepts(signed.hex)).toMatchObject({ allowed: true, vsize: signed.vsize })
      await send(signed)
      const out = await node.call<{ value: number; scriptPubKey: { hex: string } }>('gettxout', [signed.txid, 0])
      expect([Math.round(out.value * 1e8), out.scriptPubKey.hex]).toEqual([Number(value), Buffer.from(to).toString('hex')])
    }, SLOW)

    it('is taken back by the investor alone: not before the blocks are over, not by another key', async () => {
      const deposit = await pay(multisig.address, '0.02')
      const { psbt } = multisigPsbt(multisig, { leaf: 'refund', coins: [deposit], to, rate: 2, maxFee: 5000n })
      const signed = finishMultisig(multisig, 'refund', psbt, [await investorSigns(psbt)])
      // The block of the deposit is the first of them.
      await mine(REFUND_AFTER - 2)
      expect(await accepts(signed.hex)).toMatchObject({ allowed: false, 'reject-reason': 'non-BIP68-final' })
      await mine(1)
      expect(await accepts(signed.hex)).toMatchObject({ allowed: true, vsize: signed.vsize })
      // The originator's signature in the place of the investor's: refused here, and by the node where it gets there all the same.
      const tx = readPsbt(psbt)
      const hash = tx.preimageWitnessV1(0, [multisig.script], 0, [deposit.value], -1, multisig.leaves.refund.script, 0xc0)
      const wrong = await signer.signSchnorr(PATH, hash)
      tx.updateInput(0, { tapScriptSig: [[{ pubKey: (multisig.leaves.refund.keys[0]?.publicKey ?? new Uint8Array()).subarray(1), leafHash: multisig.leaves.refund.hash }, wrong]] }, true)
      expect(() => finishMultisig(multisig, 'refund', psbt, [writePsbt(tx)])).toThrow(expect.objectContaining({ code: 'PSBT_INVALID' }))
      tx.updateInput(0, { finalScriptWitness: [wrong, multisig.leaves.refund.script, multisig.leaves.refund.control] }, true)
      expect((await accepts(tx.hex))['reject-reason']).toMatch(/Invalid Schnorr signature/)
      await send(signed)
      expect(await node.call('gettxout', [deposit.txid, deposit.vout])).toBeNull()
    }, SLOW)
  })
})
