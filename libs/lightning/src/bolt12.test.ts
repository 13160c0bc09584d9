import { createHash } from 'node:crypto'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { NetworkError } from '@growr/networks'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hexOf } from './address-refusal.ts'
import { CHAIN_HASHES } from './bolt12-chains.ts'
import { isSignedBy, merkleRoot } from './bolt12-signature.ts'
import { readBolt12, readTlvStream } from './bolt12-tlv.ts'
import { readOffer, type ReadOffer } from './bolt12.ts'
import { bigSize, encodeBolt12, signatureRecord, tlv } from './testing.bolt12.ts'

// The vectors of BOLT 12 are made anew from what the standard says of them; the SHA-256 says that what came out is the standard's own.
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
const repeated = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const offer = (...records: readonly Uint8Array[]): string => encodeBolt12('lno', ...records)

const [ALICE, BOB] = [secp256k1.getPublicKey(repeated(0x41, 32)), secp256k1.getPublicKey(repeated(0x42, 32))]
/** A point whose bytes are all 2, as the vectors take for nodes that do not matter, and bytes that are no point. */
const [TWOS, THREES] = [repeated(2, 33), repeated(3, 33)]
const LIQUID = bytes('1466275836220db2944ca059a3a10ef6fd2ea684b0688d2c379296888a206003')
const [MAIN, TESTNET] = [bytes(CHAIN_HASHES.main), bytes(CHAIN_HASHES.test)]
const about = tlv(10, 'Test vectors')
const alice = tlv(22, ALICE)
const [named, short, twos] = [tlv(10, 'ALICE'), (length: number, value: Uint8Array) => Uint8Array.of(...bigSize(16), ...bigSize(length), ...value), tlv(22, TWOS)]

const hop = (node: Uint8Array, data: Uint8Array): Uint8Array => Uint8Array.of(...node, data.length >> 8, data.length & 0xff, ...data)
const path = (first: Uint8Array, key: Uint8Array, ...hops: readonly Uint8Array[]): Uint8Array => Uint8Array.of(...first, ...key, hops.length, ...hops.flatMap((each) => [...each]))
const hopsOf = (byte: number): readonly Uint8Array[] => [hop(TWOS, repeated(0, 16)), hop(TWOS, repeated(byte, 8))]
const scid = (direction: number, block: number, transaction: number, output: number): Uint8Array => {
  const id = Buffer.alloc(9)
  id.writeUInt8(direction)
  id.writeBigUInt64BE((BigInt(block) << 40n) | (BigInt(transaction) << 16n) | BigInt(output), 1)
  return id
}
const viaBob = path(BOB, TWOS, ...hopsOf(0x11))

const usual = offer(about, alice)
const VECTORS: readonly (readonly [name: string, text: string, sha: string, says: Partial<ReadOffer>])[] = [
  ['the least', offer(alice), '8abc9cfdaddd17946a42d037f9d4ef5c0991f4aa1e0838a51a4585fa2019b6af',
    { issuerId: hexOf(ALICE), description: null, amountMsat: null, priced: null, chains: ['main'], paths: [], quantityMax: null, expiresAt: null }],
  ['a description and no amount', usual, '756daa30dfef969574853deec0c0c68dd484a9a73480f4e30c5d244d14a7dcc4', { description: 'Test vectors' }],
  ['testnet', offer(tlv(2, TESTNET), about, alice), '12e2dfa24eecbe2e22eb4ab6943c1111e874cd4eb8ad3e0b60fa3d64b0f997c0', { chains: ['test'] }],
  ['bitcoin', offer(tlv(2, MAIN), about, alice), 'abd64428262fbab6d6ee0378898d510c9f27643db08f4d8c0faac3d9f6e3f493', { chains: ['main'] }],
  ['bitcoin or liquid', offer(tlv(2, Uint8Array.of(...LIQUID, ...MAIN)), about, alice), '461449c44f77315db0f7fac21a68a2714a74ae04c4a71d774da2ce6a96ea8191', { chains: [hexOf(LIQUID), 'main'] }],
  ['metadata', offer(tlv(4, repeated(0, 16)), about, alice), '08fb63481496e45bc9650b00e9c34a241c1b7d0cd5e5901d532737ff47a24851', { metadata: '00'.repeat(16) }],
  ['an amount', offer(tlv(8, 10_000n), about, alice), '650153bde394b8622cbf5d07dc549ef3b5c33f1dbd0b0c8671423b966d71e211', { amountMsat: 10_000n, priced: null }],
  ['a currency', offer(tlv(6, 'USD'), tlv(8, 10_000n), about, alice), '5fdc45a43f61a0866354bfd6e5935bb67f3f48c24d740fc08d242ab634d02009', { amountMsat: null, priced: { currency: 'USD', minor: 10_000n } }],
  ['an expiry', offer(about, tlv(14, 2_051_184_600n), alice), 'dd6795ae4726ea0187d496323ba104a59e4658cd5d18d09992cf97307620c1d5', { expiresAt: new Date('2034-12-31T13:30:00Z') }],
  ['an issuer', offer(about, tlv(18, 'https://bolt12.org BOLT12 industries'), alice), 'f8fdb0d341d80e303386197633e33539f3c8d339d60312a07ab500ff79006a88', { issuer: 'https://bolt12.org BOLT12 industries' }],
  ['a quantity', offer(about, tlv(20, 5n), alice), '8b56014f8d58a9e1bb35169bfbe889d3fcfcc82908e2462d3192502aa3c6fd19', { quantityMax: 5n }],
  ['any quantity', offer(about, tlv(20, 0n), alice), '3d41dbb61c57debad2d20fb8d2826f8618b91c56c70a1424fa1d9692c3dbd3d5', { quantityMax: 0n }],
  ['a quantity of one', offer(about, tlv(20, 1n), alice), 'c89f8f63f9171e84391f9781cf25c00512002f7855e329d5688a9c9fdca51329', { quantityMax: 1n }],
  ['feature 99', offer(about, tlv(12, Uint8Array.of(8, ...repeated(0, 12))), alice), '4ee1d834271e997d9c28fad14e79cbb691664649f9d6b745915aa6c766396811', { features: [99] }],
  ['a path via Bob', offer(about, tlv(16, viaBob), alice), 'eaf0a61611a33b85a3c8ab8c6fd6a822548534d6bd179fff770092133f6af4d4', { paths: [{ firstNode: hexOf(BOB), pathKey: hexOf(TWOS), hops: 2 }] }],
  ['a path that begins with a channel', offer(about, tlv(16, path(scid(0, 0, 0, 42), TWOS, ...hopsOf(0x11))), alice), '8284207956a5aeb2a747a55978ada4e703560ade53b21794f81e5b2318834b8f',
    { paths: [{ firstNode: '0x0x42/0', pathKey: hexOf(TWOS), hops: 2 }] }],
  ['a path and no issuer', offer(about, tlv(16, viaBob)), 'ac879a17e99a03d6eef2c3b5b378915f1bcc1bb99ced0b2ad12e4f4628b8c6e4', { issuerId: null }],
  ['two paths', offer(about, tlv(16, Uint8Array.of(...viaBob, ...path(scid(1, 1, 2, 3), TWOS, ...hopsOf(0x22)))), alice), 'ab0f54fb55d3cf0e9ba0e9534d346237e6a74684e69f542639bb5a13bfc7fdb3',
    { paths: [{ firstNode: hexOf(BOB), pathKey: hexOf(TWOS), hops: 2 }, { firstNode: '1x2x3/1', pathKey: hexOf(TWOS), hops: 2 }] }],
  ['an unknown field that need not be known', offer(about, alice, tlv(33, 'helloworld')), '1e53cd80022780ac2aced1bffcd58dba9f9449e4067f9a77e9a884131d532b29', { description: 'Test vectors' }],
  ['an unknown experimental one', offer(about, alice, tlv(1_000_000_033, 'helloworld')), 'fe4ca3acf85e9334928abfabb9ef0ed2c489210543fa5a9aa91ec301dcb1bc9e', { description: 'Test vectors' }],
]

const REFUSED: readonly (readonly [name: string, text: string, reason: string, sha?: string])[] = [
  ['fields out of order', offer(twos, named), 'order', 'f984c613a28ffe720012a7267c9c4b12a56d68e0f16641cd1e650649cf7d3328'],
  // The vector says 78 and has 72.
  ['unknown even type 72', offer(named, twos, tlv(72, MAIN)), 'field-unknown', '198604d9907bac9a1fd2102762a752ebb83e70e6e504839cbf9e8ade83b430a8'],
  ['type 78 itself', offer(named, twos, tlv(78, MAIN)), 'field-unknown'],
  ['an empty one', offer(), 'empty', 'aaed6a6f99322d63ca85be75d1197b0afdf2c25f4639a740b9531dc99ddf1fb6'],
  ['truncated at the type', offer(bytes('0a')), 'truncated', '9447a1959dedea88b4c5c478de9cb69f9b40290dcf03560674d8b46e13c0ed3d'],
  ['truncated in the length', offer(bytes('0afd')), 'truncated', 'df87a44ed2e3290501692e3034445fad69c9e1a0821a43acc77fdbaa04ee52c5'],
  ['truncated after the length', offer(bytes('0a02')), 'truncated', '5477b9bc155e9106850b0dcd54ef7a7da442a1172966ea184b9c9bab3cdc322d'],
  ['truncated in the description', offer(bytes('0a0241')), 'truncated', '9cec3ba61c5e883bc8406111fe24248963548f24c177b18349869dad9a21c2ed'],
  ['chains of a wrong length', offer(tlv(2, repeated(1, 1)), named, twos), 'chains'],
  ['a currency cut off', offer(tlv(6, repeated(0x80, 1)), named, twos), 'currency'],
  ['a currency that is no text', offer(tlv(6, bytes('fffefd')), tlv(8, 1000n), tlv(10, 'Alice'), alice), 'currency'],
  ['a currency in small letters', offer(tlv(6, 'usd'), tlv(8, 1000n), about, alice), 'currency'],
  ['a description cut off', offer(tlv(10, repeated(0x80, 1)), twos), 'text'],
  ['a description that is no text', offer(tlv(10, bytes('8041')), twos), 'text'],
  ['a path cut off', offer(named, tlv(16, repeated(1, 1)), twos), 'path'],
  ['a path without hops', offer(named, tlv(16, path(TWOS, TWOS)), twos), 'path'],
  ['a hop cut off', offer(named, tlv(16, path(TWOS, TWOS, repeated(2, 20))), twos), 'path'],
  ['a hop whose data is cut off', offer(named, tlv(16, Uint8Array.of(...TWOS, ...TWOS, 1, ...TWOS, 0, 9, 1)), twos), 'path'],
  ['a path that begins nowhere', offer(named, tlv(16, path(THREES, TWOS, ...hopsOf(1))), twos), 'point'],
  ['a path with a bad key', offer(named, tlv(16, path(TWOS, THREES, ...hopsOf(1))), twos), 'point'],
  ['a path over what is no node', offer(named, tlv(16, path(TWOS, TWOS, hop(THREES, repeated(0, 1)))), twos), 'point'],
  ['paths, and none there', offer(named, tlv(16, ''), twos), 'path'],
  ['a second path without hops', offer(about, tlv(16, Uint8Array.of(...viaBob, ...path(scid(1, 1, 2, 3), TWOS))), alice), 'path'],
  ['a length beyond the end', offer(named, short(2, repeated(2, 1))), 'truncated'],
  ['an issuer cut off', offer(named, tlv(18, repeated(0x80, 1)), twos), 'text'],
  ['an issuer that is no text', offer(named, tlv(18, bytes('8041')), twos), 'text'],
  ['an issuer id that is no key', offer(named, tlv(22, THREES)), 'point'],
  ['a field of type 80', offer(named, twos, tlv(80, MAIN)), 'field-foreign', 'd47e179662693ba1e9845d45964b894868a13902443be14f9fe05392c22770aa'],
  ['a field of type 0', offer(tlv(0, MAIN), named, twos), 'field-foreign'],
  ['a field beyond all', offer(named, twos, tlv(2_000_000_000, MAIN)), 'field-foreign'],
  ['an unknown even experimental field', offer(named, twos, tlv(1_000_000_002, MAIN)), 'field-unknown'],
  ['unknown feature 122', offer(about, tlv(12, Uint8Array.of(4, ...repeated(0, 15))), alice), 'feature-unknown', '0a28a4f86d11f53e0c6c56176130e45af1848be3d68f5e91ffe89297ebc97c39'],
  ['an amount and no description', offer(tlv(8, 10_000n), alice), 'description', '9aabe33c9a07a0aef23a2f707a5c34098f8afa0df15d7b93af2ef9e72e5fc2c0'],
  ['a currency and no amount', offer(tlv(6, 'USD'), about, alice), 'amount', '9819b4e967c0994febb6f3400369fa30c1085ff7ff50202a4870fee92e1766b2'],
  ['an amount of nothing', offer(tlv(8, 0n), tlv(10, ''), alice), 'amount'],
  ['an amount of nothing in a currency', offer(tlv(6, 'USD'), tlv(8, 0n), tlv(10, ''), alice), 'amount'],
  ['neither issuer nor path', offer(about), 'issuer', '192c18abcc64c446c2882ef82263dde1ac137f2199e12918f1a8bd70c1f5e699'],
  ['no chains where it says that it has', offer(tlv(2, ''), alice), 'chains'],
  ['a word too many', `${offer(alice)}q`, 'padding', 'a65470ca11c6ae470bb752a3172624f0212ff59abf10a6ce02a70a58412a72ff'],
  ['a field twice', offer(about, about, alice), 'order'],
  ['a type longer than it need be', offer(Uint8Array.of(...bigSize(10, 3), 1, 65), alice), 'number'],
  ['a length longer than it need be', offer(Uint8Array.of(10, ...bigSize(1, 9), 65), alice), 'number'],
  ['a length that no memory holds', offer(Uint8Array.of(10, ...bigSize(2n ** 63n), 65)), 'truncated'],
  ['an amount with a zero before it', offer(tlv(8, bytes('0001')), about, alice), 'number'],
  ['an amount of nine bytes', offer(tlv(8, repeated(1, 9)), about, alice), 'number'],
  ['an expiry beyond time', offer(about, tlv(14, 2n ** 64n - 1n), alice), 'expiry'],
]

/** Code and reason of the refusal, or 'nothing thrown'. */
function refusal(work: () => unknown): string {
  try {
    work()
    return 'nothing thrown'
  } catch (error) {
    return error instanceof NetworkError ? `${error.code} ${error.details['reason'] ?? ''}`.trim() : String(error)
  }
}

describe('BOLT 12: offers', () => {
  it.each(VECTORS)('reads %s', (_, text, sha, says) => {
    expect(sha256(text)).toBe(sha)
    expect(readOffer(text)).toMatchObject(says)
  })

  for (const [name, text, reason, sha] of REFUSED) {
    it(`refuses ${name}`, () => {
      if (sha !== undefined) expect(sha256(text)).toBe(sha)
      expect(refusal(() => readOffer(text))).toBe(`ADDRESS_INVALID ${reason}`)
    })
  }

  it('says whom it is for and until when', () => {
    expect(refusal(() => readOffer(usual, { chain: 'regtest' }))).toBe('ADDRESS_FOREIGN')
    expect(readOffer(offer(tlv(2, bytes(CHAIN_HASHES.regtest)), alice), { chain: 'regtest' }).chains).toEqual(['regtest'])
    expect(refusal(() => readOffer(offer(tlv(2, LIQUID), alice), { chain: 'main' }))).toBe('ADDRESS_FOREIGN')
    const until = offer(tlv(14, 1_000n), alice)
    expect(readOffer(until, { now: new Date(999_999) }).expiresAt).toEqual(new Date(1_000_000))
    expect(refusal(() => readOffer(until, { now: new Date(1_000_000) }))).toBe('INVOICE_EXPIRED')
  })

  // One offer, cut by `+` in the places of format-string-test.json.
  const long = offer(tlv(2, bytes(CHAIN_HASHES.main)), about, alice)
  it.each([
    ['whole', long], ['in capitals', long.toUpperCase()], ['joined anywhere', `l+${long.slice(1)}`], ['joined often', `${long.slice(0, 14)}+${long.slice(14, 52)}+${long.slice(52, 80)}+${long.slice(80)}`],
    ['joined with space', `${long.slice(0, 14)}+ ${long.slice(14, 52)}+  ${long.slice(52, 80)}+\n${long.slice(80, 100)}+\r\n ${long.slice(100)}`],
    ['joined with space, in capitals', `${long.slice(0, 14)}+ ${long.slice(14, 52)}+\n${long.slice(52)}`.toUpperCase()],
  ])('the string may be %s', (_, text) => expect(readOffer(text)).toEqual(readOffer(long)))

  it.each([
    ['in mixed letters', `LnO1${long.slice(4)}`, 'case'], ['joined with nothing', `${long}+`, 'prefix'], ['joined with space alone', `${long}+ `, 'prefix'], ['joined to nothing', `+${long}`, 'prefix'],
    ['joined to nothing, with space', `+ ${long}`, 'prefix'], ['joined twice', `ln++${long.slice(2)}`, 'prefix'], ['with space alone', `${long.slice(0, 20)} ${long.slice(20)}`, 'prefix'],
    ['of another kind', `lni${long.slice(3)}`, 'prefix'], ['of a character that is not in use', `${long}b`, 'prefix'],
  ])('the string may not be %s', (_, text, reason) => expect(refusal(() => readOffer(text))).toBe(`ADDRESS_INVALID ${reason}`))
})

describe('BOLT 12: signatures', () => {
  const [first, second] = [tlv(1, 1000n), tlv(2, scid(0, 1, 2, 3).slice(1))]
  const node = bytes('0266e4598d1d3c415f572a8488830b60f7e744ed9235eb0b1ba93283b315c03518')
  const third = tlv(3, Uint8Array.of(...node, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2))

  it.each([
    [[first], 'e4fab71d9920104e3e73ceb6a5e767c9b5ee7b21e8100aedcdde33b082d94513'],
    [[first, second], 'cf17d985979404d93eed632b57eba73aec4d0e0389aa212a366d4e4632bd2237'],
    [[first, second, third], '5d0e92f6c026375c351c73e485ccb6d43795b88a1887b5185fc7ffc513c6468a'],
  ])('the root over so many records is the vector\'s', (records, sha) => {
    expect(sha256(hexOf(merkleRoot(readTlvStream(Buffer.concat(records)))))).toBe(sha)
  })

  const request = [tlv(0, repeated(0, 8)), tlv(6, 'USD'), tlv(8, 100n), tlv(10, 'A Mathematical Treatise'), tlv(22, ALICE), tlv(88, BOB)]
  it('the vector\'s request for an invoice, to the letter, is signed by who pays', () => {
    const text = encodeBolt12('lnr', ...request, signatureRecord(repeated(0x42, 32), 'invoice_request', ...request))
    expect(sha256(text)).toBe('3c2d33dce261ae1b73e26af74a0cf7bc82fe4555f04b6d13b6437eb50a05fc26')
    const stream = readTlvStream(readBolt12(text, 'lnr'))
    expect(sha256(hexOf(merkleRoot(stream)))).toBe('68615f081155dd5f8e487875259d6a154fede02e738c4a9b95e9fa71be4687b1')
    expect(isSignedBy(BOB, 'invoice_request', stream)).toBe(true)
    expect(isSignedBy(ALICE, 'invoice_request', stream)).toBe(false)
    expect(isSignedBy(BOB, 'invoice', stream)).toBe(false)
    expect(isSignedBy(BOB.subarray(1), 'invoice_request', stream)).toBe(false)
    expect(isSignedBy(BOB, 'invoice_request', readTlvStream(Buffer.concat(request)))).toBe(false)
  })

  it('no record can be changed, taken away or added', () => {
    const key = repeated(0x42, 32)
    const signature = signatureRecord(key, 'invoice', ...request)
    fc.assert(fc.property(fc.nat(request.length - 1), fc.nat(60), fc.integer({ min: 1, max: 255 }), fc.constantFrom('change', 'take', 'add'), (at, byte, mask, how) => {
      const others = request.flatMap((record, index) => index !== at ? [record] : how === 'take' ? [] : how === 'add' ? [record, tlv(BigInt(record[0]!) + 1n, 'x')] : [change(record, byte, mask)])
      expect(isSignedBy(BOB, 'invoice', readTlvStream(Buffer.concat([...others, signature])))).toBe(false)
    }), { numRuns: 100 })
    expect(isSignedBy(BOB, 'invoice', readTlvStream(Buffer.concat([...request, signature])))).toBe(true)
    // Signatures are not signed: another one beside changes nothing.
    expect(isSignedBy(BOB, 'invoice', readTlvStream(Buffer.concat([...request, signature, tlv(241, schnorr.getPublicKey(key))])))).toBe(true)
  })

  const change = (record: Uint8Array, byte: number, mask: number): Uint8Array => record.with(2 + (byte % (record.length - 2)), record[2 + (byte % (record.length - 2))]! ^ mask)
})

describe('offers by chance', () => {
  it('reads what was written, and its id is of the whole of it', () => {
    const drafts = fc.record({
      metadata: fc.option(fc.uint8Array({ maxLength: 300 })), price: fc.option(fc.record({ currency: fc.option(fc.constantFrom('USD', 'HNL', 'EUR')), amount: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }) })),
      description: fc.string({ unit: 'grapheme', maxLength: 60 }), expires: fc.option(fc.bigInt({ min: 0n, max: 8_640_000_000_000n })), issuer: fc.option(fc.string({ unit: 'grapheme', maxLength: 40 })),
      quantity: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), unknown: fc.option(fc.uint8Array({ maxLength: 40 })), paths: fc.nat(3),
    })
    fc.assert(fc.property(drafts, ({ metadata, price, description, expires, issuer, quantity, unknown, paths }) => {
      const records = [
        ...(metadata === null ? [] : [tlv(4, metadata)]), ...(price?.currency ? [tlv(6, price.currency)] : []), ...(price === null ? [] : [tlv(8, price.amount)]), tlv(10, description),
        ...(expires === null ? [] : [tlv(14, expires)]), ...(paths === 0 ? [] : [tlv(16, Buffer.concat(Array.from({ length: paths }, () => viaBob)))]), ...(issuer === null ? [] : [tlv(18, issuer)]),
        ...(quantity === null ? [] : [tlv(20, quantity)]), tlv(22, ALICE), ...(unknown === null ? [] : [tlv(79, unknown)]),
      ]
      expect(readOffer(offer(...records))).toEqual({
        id: hexOf(merkleRoot(readTlvStream(Buffer.concat(records)))), chains: ['main'], description, metadata: metadata === null ? null : hexOf(metadata), features: [], issuer, quantityMax: quantity,
        amountMsat: price === null || price.currency !== null ? null : price.amount, priced: price?.currency ? { currency: price.currency, minor: price.amount } : null,
        expiresAt: expires === null ? null : new Date(Number(expires) * 1000), paths: Array.from({ length: paths }, () => ({ firstNode: hexOf(BOB), pathKey: hexOf(TWOS), hops: 2 })), issuerId: hexOf(ALICE),
      })
    }), { numRuns: 60 })
  })

  it('whatever bytes and whatever text: read or refused by its code', () => {
    const whole = Buffer.concat([about, tlv(16, viaBob), alice])
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(whole.length - 1), fc.nat(255), fc.string({ unit: 'binary', maxLength: 80 }), (any, at, byte, text) => {
      const spoilt = Uint8Array.from(whole).with(at, byte)
      for (const each of [offer(any), offer(spoilt), offer(spoilt.subarray(0, at)), `lno1${text}`]) expect(refusal(() => readOffer(each))).toMatch(/^(nothing thrown|ADDRESS_(INVALID|FOREIGN).*)$/)
    }), { numRuns: 300 })
  })
})
