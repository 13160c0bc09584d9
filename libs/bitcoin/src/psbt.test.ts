import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { NetworkError } from '@growr/networks'
import { hdSignerOf } from '@growr/networks/testing'
import * as btc from '@scure/btc-signer'
import { beforeAll, describe, expect, it } from 'vitest'
import { addressOfScript } from './address.ts'
import type { Coin } from './coins.ts'
import { finishMultisig, multisigOf, multisigPsbt, signMultisig, type Multisig } from './multisig.ts'
import { acceptPsbt, coinsOf, psbtOf, readPsbt, writePsbt } from './psbt.ts'
import { derOf, verifySchnorr } from './signatures.ts'
import { branchHash, controlBlock, leafHash, taprootOutput } from './taproot.ts'
import { sighashOf, unsignedOf, type PaymentDraft } from './transaction.ts'
import { openAccount } from './wallet.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
const vectors = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as T
const txid = (name: string): string => createHash('sha256').update(name).digest('hex')

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'nothing thrown'
  } catch (error) {
    return error instanceof NetworkError ? error.code : String(error)
  }
}

type Tree = { script: string; leafVersion: number } | [Tree, Tree]
interface Walked {
  readonly root: Uint8Array
  readonly leaves: { hash: Uint8Array; version: number; siblings: Uint8Array[] }[]
}

function walk(tree: Tree): Walked {
  if (!Array.isArray(tree)) {
    const hash = leafHash(bytes(tree.script), tree.leafVersion)
    return { root: hash, leaves: [{ hash, version: tree.leafVersion, siblings: [] }] }
  }
  const [a, b] = tree.map(walk) as [Walked, Walked]
  const under = (side: Walked, other: Walked): Walked['leaves'] => side.leaves.map((leaf) => ({ ...leaf, siblings: [...leaf.siblings, other.root] }))
  return { root: branchHash(a.root, b.root), leaves: [...under(a, b), ...under(b, a)] }
}

describe('vectors', () => {
  it('BIP 340: verifies', () => {
    const list = vectors<{ vectors: { public: string; message: string; signature: string; valid: boolean }[] }>('bip340').vectors
    for (const { public: key, message, signature, valid } of list) expect(verifySchnorr(bytes(signature), bytes(message), bytes(key)), signature).toBe(valid)
    expect(list).toHaveLength(19)
  })

  it('BIP 341: trees of scripts, their outputs and control blocks', () => {
    interface Vector {
      given: { internalPubkey: string; scriptTree: Tree | null }
      intermediary: { merkleRoot: string | null; leafHashes?: string[] }
      expected: { scriptPubKey: string; bip350Address: string; scriptPathControlBlocks?: string[] }
    }
    const list = vectors<{ scriptPubKey: Vector[] }>('bip341').scriptPubKey.filter(({ given }) => given.scriptTree !== null)
    for (const { given: { internalPubkey, scriptTree }, intermediary, expected } of list) {
      const { root, leaves } = walk(scriptTree as Tree)
      const { script, parity } = taprootOutput(bytes(internalPubkey), root)
      expect([hex(root), leaves.map(({ hash }) => hex(hash))]).toEqual([intermediary.merkleRoot, intermediary.leafHashes])
      expect([hex(script), addressOfScript(script, 'main')]).toEqual([expected.scriptPubKey, expected.bip350Address])
      const blocks = leaves.map(({ siblings, version }) => hex(controlBlock(bytes(internalPubkey), parity, siblings, version)))
      expect(blocks).toEqual(expected.scriptPathControlBlocks)
    }
    expect(list).toHaveLength(6)
  })

  it('BIP 341: what is signed for the key path, and the signatures over it', () => {
    interface Spending {
      given: { rawUnsignedTx: string; utxosSpent: { scriptPubKey: string; amountSats: number }[] }
      inputSpending: { given: { txinIndex: number; hashType: number }; intermediary: { sigHash: string }; expected: { witness: string[] } }[]
    }
    const [{ given, inputSpending } = { given: undefined, inputSpending: [] }] = vectors<{ keyPathSpending: Spending[] }>('bip341').keyPathSpending
    const tx = btc.Transaction.fromRaw(bytes(given?.rawUnsignedTx ?? ''), { allowUnknownInputs: true, allowUnknownOutputs: true, disableScriptCheck: true })
    const spent = given?.utxosSpent ?? []
    for (const { given: { txinIndex, hashType }, intermediary, expected } of inputSpending) {
      const hash = tx.preimageWitnessV1(txinIndex, spent.map(({ scriptPubKey }) => bytes(scriptPubKey)), hashType, spent.map(({ amountSats }) => BigInt(amountSats)))
      expect(hex(hash)).toBe(intermediary.sigHash)
      const signature = bytes(expected.witness[0] ?? '').subarray(0, 64)
      expect(verifySchnorr(signature, hash, bytes(spent[txinIndex]?.scriptPubKey ?? '').subarray(2))).toBe(true)
    }
    expect(inputSpending).toHaveLength(7)
  })

  it('BIP 174: reads what is a PSBT and refuses what is none', () => {
    const { valid, invalid, failsSigner } = vectors<Record<'valid' | 'invalid' | 'failsSigner', { what: string; psbt: string }[]>>('bip174')
    for (const { what, psbt } of valid) {
      expect(codeOf(() => readPsbt(psbt)), what).toBe('nothing thrown')
      expect(codeOf(() => readPsbt(Buffer.from(psbt, 'base64').toString('hex'))), what).toBe('nothing thrown')
    }
    for (const { what, psbt } of invalid) expect(codeOf(() => readPsbt(psbt)), what).toBe('PSBT_INVALID')
    for (const { what, psbt } of failsSigner) expect(codeOf(() => coinsOf(readPsbt(psbt))), what).toBe('PSBT_INVALID')
    for (const none of ['', 'hello', 'cHNidA==', '7073', 'A'.repeat(1_000_001)]) expect(codeOf(() => readPsbt(none))).toBe('PSBT_INVALID')
  })
})

describe('a payment signed elsewhere', () => {
  const holder = hdSignerOf(Buffer.alloc(32, 3))
  let draft: PaymentDraft
  let given: string

  /** Signs a draft as a wallet would: partial signatures, each by `type`. */
  async function signElsewhere(signed: PaymentDraft, { type, first = true }: { type?: number; first?: boolean } = {}): Promise<string> {
    const tx = readPsbt(psbtOf(signed))
    for (const [at, coin] of signed.coins.entries()) {
      if (at === 0 && !first) continue
      const hash = sighashOf(unsignedOf(signed), signed.coins, at, type)
      if (coin.kind === 'p2tr') {
        const signature = await holder.signSchnorr(coin.path, hash, new Uint8Array())
        tx.updateInput(at, { tapKeySig: type === undefined ? signature : Uint8Array.of(...signature, type) }, true)
      } else tx.updateInput(at, { partialSig: [[coin.publicKey, Uint8Array.of(...derOf(await holder.signEcdsa(coin.path, hash)), type ?? 1)]] }, true)
    }
    return writePsbt(tx)
  }

  beforeAll(async () => {
    const coins: Coin[] = []
    for (const kind of ['p2wpkh', 'p2tr'] as const) {
      const { script, path, publicKey, origin } = (await openAccount(holder, kind, 'regtest', 1)).derive(0, 4)
      coins.push({ txid: txid(kind), vout: 1, value: 70_000n, script, kind, path, publicKey, origin })
    }
    draft = { coins, outputs: [{ script: (await openAccount(holder, 'p2tr', 'regtest', 2)).derive(0, 0).script, value: 139_000n }] }
    given = psbtOf(draft)
  })

  it('comes back as the same transaction, signed whole, and tells keys where they come from', async () => {
    const accepted = acceptPsbt(given, await signElsewhere(draft))
    expect([accepted.txid, accepted.fee]).toEqual([unsignedOf(draft).id, 1000n])
    const tx = btc.Transaction.fromRaw(bytes(accepted.hex))
    expect(tx.getInput(0).finalScriptWitness).toHaveLength(2)
    expect(tx.getInput(1).finalScriptWitness).toHaveLength(1)
    expect(acceptPsbt(given, await signElsewhere(draft, { type: 1 })).txid).toBe(accepted.txid)
    const [, derivation] = readPsbt(given).getInput(0).bip32Derivation?.[0] ?? []
    expect(derivation).toEqual({ fingerprint: (await holder.xpub('m')).fingerprint, path: [0x80000054, 0x80000001, 0x80000001, 0, 4] })
  })

  it('is refused where it is another one, not or wrongly signed, or signed in part', async () => {
    const [output] = draft.outputs
    const other = { ...draft, outputs: [{ script: output?.script ?? new Uint8Array(), value: 138_999n }] }
    expect(codeOf(() => acceptPsbt(given, given))).toBe('PSBT_INVALID')
    const returned = await signElsewhere(other)
    expect(codeOf(() => acceptPsbt(given, returned))).toBe('PSBT_OTHER')
    const cases = [await signElsewhere(draft, { first: false }), await signElsewhere(draft, { type: 2 }), await signElsewhere(draft, { type: 0x81 })]
    for (const each of cases) expect(codeOf(() => acceptPsbt(given, each))).toBe('PSBT_INVALID')
    // A signature of the other transaction put upon this one, for each kind; and one whose last byte says that it covers no output.
    const [right, theirs] = [readPsbt(await signElsewhere(draft)), readPsbt(returned)]
    const [publicKey, signature] = right.getInput(0).partialSig?.[0] ?? [new Uint8Array(), new Uint8Array()]
    const replaced: [number, Parameters<typeof right.updateInput>[1]][] = [
      [0, { partialSig: theirs.getInput(0).partialSig ?? [] }], [1, { tapKeySig: theirs.getInput(1).tapKeySig ?? new Uint8Array() }],
      [0, { partialSig: [[publicKey, Uint8Array.of(...signature.subarray(0, -1), 2)]] }],
    ]
    for (const [at, input] of replaced) {
      const altered = readPsbt(given)
      for (let other = 0; other < 2; other++) {
        const { partialSig, tapKeySig } = right.getInput(other)
        altered.updateInput(other, other === at ? input : { ...(partialSig === undefined ? {} : { partialSig }), ...(tapKeySig === undefined ? {} : { tapKeySig }) }, true)
      }
      expect(() => acceptPsbt(given, writePsbt(altered))).toThrow(expect.objectContaining({ code: 'PSBT_INVALID', details: { input: at } }))
    }
  })
})

describe('a deposit of two', () => {
  const [investor, originator] = [hdSignerOf(Buffer.alloc(32, 4)), hdSignerOf(Buffer.alloc(32, 5))]
  const [PATH, BACK] = ["m/86'/1'/0'/0/0", "m/86'/1'/1'/0/0"]
  const to = bytes(`0014${'11'.repeat(20)}`)
  const coins = [{ txid: txid('deposit'), vout: 0, value: 500_000n }]
  let multisig: Multisig
  let terms: Parameters<typeof multisigOf>[0]

  beforeAll(async () => {
    const key = async (signer: typeof investor, path: string): Promise<{ publicKey: Uint8Array; origin: null }> => ({ publicKey: await signer.publicKey(path), origin: null })
    terms = { investor: await key(investor, PATH), originator: await key(originator, PATH), refund: await key(investor, BACK), refundAfter: 144 }
    multisig = multisigOf(terms, 'regtest')
  })

  const drafted = (leaf: 'release' | 'refund'): ReturnType<typeof multisigPsbt> => multisigPsbt(multisig, { leaf, coins, to, rate: 3, maxFee: 5000n })

  it('is released by both, in whichever order they sign, and holds only the intended leaf', async () => {
    const { psbt, fee, value } = drafted('release')
    const [one, two] = [await signMultisig(multisig, 'release', psbt, investor, PATH), await signMultisig(multisig, 'release', psbt, originator, PATH)]
    const done = finishMultisig(multisig, 'release', psbt, [one, two])
    expect(finishMultisig(multisig, 'release', psbt, [await signMultisig(multisig, 'release', one, originator, PATH)]).hex).toBe(done.hex)
    expect([done.fee, value + fee, readPsbt(psbt).getInput(0).tapLeafScript?.length]).toEqual([fee, 500_000n, 1])
    expect(Number(fee)).toBeGreaterThanOrEqual(3 * done.vsize)
    expect(Number(fee)).toBeLessThanOrEqual(3 * (done.vsize + 6))
    for (const lacking of [[], [one], [two]]) expect(codeOf(() => finishMultisig(multisig, 'release', psbt, lacking))).toBe('PSBT_INVALID')
  })

  it('is taken back by the key of the refund alone, with the sequence that the chain waits for', async () => {
    const { psbt } = drafted('refund')
    expect(readPsbt(psbt).getInput(0).sequence).toBe(144)
    const signed = await signMultisig(multisig, 'refund', psbt, investor, BACK)
    expect(btc.Transaction.fromRaw(bytes(finishMultisig(multisig, 'refund', psbt, [signed]).hex)).getInput(0).finalScriptWitness).toHaveLength(3)
    for (const signer of [investor, originator]) {
      await expect(signMultisig(multisig, 'refund', psbt, signer, PATH)).rejects.toMatchObject({ code: 'KEY_INVALID' })
    }
    // A signature for the release is none for the refund, and one of another transaction is none for this.
    const release = await signMultisig(multisig, 'release', drafted('release').psbt, investor, PATH)
    expect(codeOf(() => finishMultisig(multisig, 'refund', psbt, [release]))).toBe('PSBT_OTHER')
    const forged = readPsbt(psbt)
    const other = readPsbt(await signMultisig(multisig, 'refund', multisigPsbt(multisig, { leaf: 'refund', coins, to, rate: 4, maxFee: 5000n }).psbt, investor, BACK))
    forged.updateInput(0, { tapScriptSig: other.getInput(0).tapScriptSig ?? [] }, true)
    expect(codeOf(() => finishMultisig(multisig, 'refund', psbt, [writePsbt(forged)]))).toBe('PSBT_INVALID')
  })

  it('refuses terms, amounts and fees that cannot be', async () => {
    for (const refundAfter of [0, -1, 1.5, 65_536]) expect(codeOf(() => multisigOf({ ...terms, refundAfter }, 'regtest'))).toBe('KEY_INVALID')
    expect(codeOf(() => multisigOf({ ...terms, refund: terms.investor }, 'regtest'))).toBe('KEY_INVALID')
    expect(codeOf(() => multisigPsbt(multisig, { leaf: 'release', coins, to, rate: 3, maxFee: 100n }))).toBe('FEE_ABOVE_CEILING')
    expect(codeOf(() => multisigPsbt(multisig, { leaf: 'release', coins: [], to, rate: 3, maxFee: 5000n }))).toBe('BALANCE_INSUFFICIENT')
    expect(codeOf(() => multisigPsbt(multisig, { leaf: 'release', coins: [{ ...coins[0], txid: txid('x'), vout: 0, value: 600n }], to, rate: 3, maxFee: 5000n }))).toBe('DUST')
    const other = multisigOf({ ...terms, refundAfter: 145 }, 'regtest')
    expect(codeOf(() => finishMultisig(other, 'release', drafted('release').psbt, []))).toBe('PSBT_OTHER')
  })
})
