import { createHash } from 'node:crypto'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { scriptOf } from '@growr/bitcoin'
import { NetworkError } from '@growr/networks'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hexOf } from './address-refusal.ts'
import { readInvoice, type ReadInvoice } from './bolt11.ts'
import { encodeInvoice, field, type InvoiceDraft, type InvoiceField } from './testing.bolt11.ts'

// The examples of BOLT 11 are made anew from what the standard says of them (its key, its fields, their order): the SHA-256 says that
// what came out is the standard's own string, to the letter.
const KEY = Buffer.from('e126f68f7eafcc8b74f54d269fe206be715000f94dac067d1c04a8ca3b2db734', 'hex')
const PAYEE = '03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad'
const HASH = '0001020304050607080900010203040506070809000102030405060708090102'
const SECRET = '11'.repeat(32)
const TIME = 1_496_314_658
const LIST = createHash('sha256').update('One piece of chocolate cake, one icecream cone, one pickle, one slice of swiss cheese, one slice of salami, one lollypop, one piece of cherry pie, one sausage, one cupcake, and one slice of watermelon').digest('hex')

const [s, p, h] = [field.secret(SECRET), field.paymentHash(HASH), field.descriptionHash(LIST)]
const usual = field.features(8, 14)
const please = field.description('Please consider supporting this project')
const coffee = field.description('1 cup coffee')
const beans = [p, field.description('coffee beans'), s] as const
const made = (amount: string, fields: readonly InvoiceField[], more: Partial<InvoiceDraft> = {}): string => encodeInvoice({ key: KEY, amount, timestamp: TIME, fields, ...more })
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The other of the two signatures that hold: S taken from the order of the curve. */
const highS = (signature: Uint8Array): Uint8Array => {
  const flipped = secp256k1.Point.Fn.ORDER - BigInt(`0x${hexOf(signature.subarray(32, 64))}`)
  return Uint8Array.of(...signature.subarray(0, 32), ...Buffer.from(flipped.toString(16).padStart(64, '0'), 'hex'), signature[64] ?? 0)
}

const ignored = [
  field.zeros('2', 3), ['f', [19, ...Array.from({ length: 32 }, () => 0)]] as InvoiceField,
  ...(['p', 'h', 's'] as const).flatMap((letter) => [field.zeros(letter, 51), field.zeros(letter, 53)]), field.zeros('n', 52), field.zeros('n', 54),
] as const

const viaTwo = field.route(
  { nodeId: '029e03a901b85534ff1e92c43c74431f7ce72046060fcf7a95c37e148f78c77255', shortChannelId: '66051x263430x1800', feeBaseMsat: 1, feeMillionths: 20, cltvDelta: 3 },
  { nodeId: '039e03a901b85534ff1e92c43c74431f7ce72046060fcf7a95c37e148f78c77255', shortChannelId: '197637x395016x2314', feeBaseMsat: 2, feeMillionths: 30, cltvDelta: 4 },
)
const viaOne = { nodeId: '03d06758583bb5154774a6eb221b1276c9e82d65bbaceca806d90e20c108f4b1c7', shortChannelId: '589390x3312x1', feeBaseMsat: 1000, feeMillionths: 2500, cltvDelta: 40 }
const BLOCKSTREAM = 'Blockstream Store: 88.85 USD for Blockstream Ledger Nano S x 1, "Back In My Day" Sticker x 2, "I Got Lightning Working" Sticker x 2 and 1 more items'

const EXAMPLES: readonly (readonly [name: string, text: string, sha: string, says: Partial<ReadInvoice>])[] = [
  ['a donation of any amount', made('', [s, p, please, usual]), '01909c572bf4360ac50dd661ab0efb655123b1b043252d638fc6c7b804510764',
    { amountMsat: null, description: 'Please consider supporting this project', payee: PAYEE, paymentHash: HASH, paymentSecret: SECRET, minFinalCltv: 18, features: [8, 14] }],
  ['$3 for a cup of coffee within one minute', made('2500u', [s, p, coffee, field.expiry(60), usual]), '53553d4022efe9d00de74f7033bbf54d0a8d806e6dba2665b0f43abe0e8351fd',
    { amountMsat: 250_000_000n, description: '1 cup coffee', expiresAt: new Date((TIME + 60) * 1000) }],
  ['a cup of nonsense', made('2500u', [s, p, field.description('ナンセンス 1杯'), field.expiry(60), usual]), '17abe4a341974793738c744ca676dcedd759b7ab3f8daf46a620d6e39b563f7c',
    { description: 'ナンセンス 1杯' }],
  ['an entire list of things (hashed)', made('20m', [s, p, h, usual]), '85c32166dc5a739a971870cda82c75e43c0769fb1c49a355a33239b1e7d0315d',
    { amountMsat: 2_000_000_000n, description: null, descriptionHash: LIST, timestamp: new Date(TIME * 1000), expiresAt: new Date((TIME + 3600) * 1000) }],
  ['on testnet, with a fallback', made('20m', [s, h, p, field.fallback(17, '3172b5654f6683c8fb146959d347ce303cae4ca7'), usual], { prefix: 'lntb' }),
    '99caec8e60bdfe9a63ba014674c86c72c1b395dbc3550cb2c57de7c308df7cbc', { chain: 'test', fallbacks: ['mk2QpYatsKicvFVuTAQLBryyccRXMUaGHP'] }],
  ['with a fallback and a route', made('20m', [s, p, h, field.fallback(17, '04b61f7dc1ea0dc99424464cc4064dc564d91e89'), viaTwo, usual]),
    'e1af1c2ac3d73e92044e45b4214b5c1eb8654f5ee851d57d5e22050e14d159a8', {
      fallbacks: ['1RustyRX2oai4EYYDpQGWvEL62BBGqN9T'], routeHints: [[
        { nodeId: '029e03a901b85534ff1e92c43c74431f7ce72046060fcf7a95c37e148f78c77255', shortChannelId: '66051x263430x1800', feeBaseMsat: 1, feeMillionths: 20, cltvDelta: 3 },
        { nodeId: '039e03a901b85534ff1e92c43c74431f7ce72046060fcf7a95c37e148f78c77255', shortChannelId: '197637x395016x2314', feeBaseMsat: 2, feeMillionths: 30, cltvDelta: 4 },
      ]],
    }],
  ['with a P2SH fallback', made('20m', [s, h, p, field.fallback(18, '8f55563b9a19f321c211e9b9f38cdf686ea07845'), usual]), '1fb1e0bbccbcec82420121b3e67b9f7830bad056dfe9b56eba1fd78f390c8396',
    { fallbacks: ['3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX'] }],
  ['with a P2WPKH fallback', made('20m', [s, h, p, field.fallback(0, '751e76e8199196d454941c45d1b3a323f1433bd6'), usual]), 'b51bcc9971d7e8c7757be865866ffbbf2c1573340eb46f59b289f03a50d97c00',
    { fallbacks: ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'] }],
  ['with a P2WSH fallback', made('20m', [s, h, p, field.fallback(0, '1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262'), usual]),
    '1d7d7c2c13cf03faf0c5a6f447b2dbee3930705dfec37be17e578458f690a99e', { fallbacks: ['bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3'] }],
  ['with a P2TR fallback', made('20m', [s, p, h, field.fallback(1, hexOf(scriptOf('bc1pptdvg0d2nj99568qn6ssdy4cygnwuxgw2ukmnwgwz7jpqjz2kszse2s3lm', 'main').subarray(2))), usual]),
    '18a23d17f88f4e0711a4e42b26feedf541314e3457a9a58fe37080cb2ba8a289', { fallbacks: ['bc1pptdvg0d2nj99568qn6ssdy4cygnwuxgw2ukmnwgwz7jpqjz2kszse2s3lm'] }],
  ['an amount in pico-bitcoin', made('9678785340p', [field.paymentHash('462264ede7e14047e9b249da94fefc47f41f7d02ee9b091815a5506bc8abf75f'), field.description(BLOCKSTREAM), s,
    ['x', [18, 14, 20, 0]], field.cltv(10), field.route(viaOne), usual], { timestamp: 1_572_468_703 }), 'd62da364dd44c0d3688bb52bc1a9e1c4c24dcf5754a48e10f5a52b89d8a9d9a1',
    { amountMsat: 967_878_534n, minFinalCltv: 10, routeHints: [[viaOne]], description: BLOCKSTREAM, expiresAt: new Date((1_572_468_703 + 604_800) * 1000) }],
  ['features 8, 14 and 99', made('25m', [...beans, field.features(8, 14, 99)]), 'e7b52cf31779391a2b8e5b31611a25718e0f6705f71e1dea1d2705b67776ec23', { features: [8, 14, 99], amountMsat: 2_500_000_000n }],
  ['all upper case', made('25m', [...beans, field.features(8, 14, 99)]).toUpperCase(), 'dd444f8f5ac716a06b3057299d2b3b7fc89bdf13ec8046bc84bc883d93f26abd', { description: 'coffee beans' }],
  ['fields which must be ignored', made('25m', [...beans, field.features(8, 14, 99), ...ignored]), '97da8ca3b5df818d56c76db37adb7cbcd599ec78846f0a279eabd99779d90795',
    { paymentHash: HASH, payee: PAYEE, fallbacks: [], description: 'coffee beans' }],
  ['payment metadata', made('10m', [p, field.description('payment metadata inside'), field.metadata('01fafaf0'), s, field.features(8, 14, 48)]),
    '8186dac14052073d36cb4f3f40656c4dea9e12ce9ace7767fe43572ef50a92f2', { metadata: '01fafaf0', amountMsat: 1_000_000_000n }],
  ['recovery with a high S', made('', [s, p, please, usual], { signature: highS }), '01f78e48b7152a52fd5275cd6840e1e919dedda2a868e8cd884e0cdb687d18d9',
    { payee: '02d0139ce7427d6dfffd26a326c18be754ef1e64672b42694ba5b23ef6e6e7803d' }],
]

const NAMED = field.payee(PAYEE)
const broken = (text: string): string => `${text.slice(0, -1)}${text.endsWith('q') ? 'p' : 'q'}`
const noPoint = (signature: Uint8Array): Uint8Array => Uint8Array.of(...Array.from({ length: 31 }, () => 0), 5, ...signature.subarray(32))

/** With the SHA-256 of the standard's own where that can be made from what it says. */
const REFUSED: readonly (readonly [name: string, text: string, reason: string, sha?: string])[] = [
  ['an unknown feature that must be known', made('25m', [...beans, field.features(8, 14, 99, 100)]), 'feature-unknown', '3e4b3117314374577fa8d19cbf63464fc1338f5bff4b5a146bb104d6e85cb4c1'],
  ['a wrong checksum', broken(made('2500u', [s, p, coffee, usual])), 'checksum'],
  ['no separator', made('2500u', [s, p, coffee, usual]).slice('lnbc2500u1'.length), 'prefix'],
  ['small and capital letters', made('2500u', [s, p, coffee, usual]).replace('lnbc', 'LNBC'), 'checksum'],
  ['a signature that nobody can have made', made('2500u', [p, coffee, field.expiry(60), s, usual], { signature: noPoint }), 'signature'],
  ['too short', made('', [p], { signature: () => new Uint8Array(0) }), 'short'],
  ['an unknown multiplier', made('2500x', [p, field.description('1 cup coffee'), field.expiry(60), s, usual]), 'amount', 'a71a79888d3f62e2d618a8775a0cb9caceb9e851b0a83847e7cd41b63e7dee59'],
  ['a part of a millisatoshi', made('2500000001p', [p, field.description('1 cup coffee'), field.expiry(60), s, usual]), 'amount', '110d06acdb1bdd97827a6d8817fea489931d7ace41091a7e4b5e56e8198fb620'],
  ['no payment secret', made('20m', [p, h, usual]), 'payment-secret'],
  ['a named payee and a high S', made('25m', [p, please, NAMED, s, usual], { signature: highS }), 'signature'],
  // Beyond the standard's examples.
  ['two payment hashes', made('', [s, p, field.paymentHash('22'.repeat(32)), coffee, usual]), 'twice'],
  ['two secrets', made('', [s, s, p, coffee, usual]), 'twice'],
  ['two expiries', made('', [s, p, coffee, field.expiry(60), field.expiry(61), usual]), 'twice'],
  ['no payment hash', made('', [s, coffee, usual]), 'payment-hash'],
  ['no description', made('', [s, p, usual]), 'description'],
  ['a description and a hash of one', made('', [s, p, coffee, h, usual]), 'description'],
  ['a description that is no text', made('', [s, p, ['d', [31, 28]], usual]), 'description'],
  ['signed by another than it names', made('', [s, p, coffee, field.payee(hexOf(secp256k1.getPublicKey(Buffer.alloc(32, 7)))), usual]), 'signature'],
  ['a payee that is no key', made('', [s, p, coffee, field.payee(`05${'11'.repeat(32)}`), usual]), 'payee'],
  ['a number for recovery that there is not', made('', [s, p, coffee, usual], { signature: (made) => Uint8Array.of(...made.subarray(0, 64), 4) }), 'signature'],
  ['the same where the payee is named', made('', [s, p, coffee, NAMED, usual], { signature: (made) => Uint8Array.of(...made.subarray(0, 64), 4) }), 'signature'],
  ['an amount of nothing', made('0u', [s, p, coffee, usual]), 'amount'],
  ['an amount that begins with a zero', made('0100u', [s, p, coffee, usual]), 'amount'],
  ['more than all bitcoin', made('21000001', [s, p, coffee, usual]), 'amount'],
  ['an amount of a hundred digits', made('9'.repeat(100), [s, p, coffee, usual]), 'amount'],
  ['an expiry that begins with a zero', made('', [s, p, coffee, ['x', [0, 1, 28]], usual]), 'expiry'],
  ['an expiry beyond time', made('', [s, p, coffee, field.expiry(2n ** 49n), usual]), 'expiry'],
  ['an expiry just beyond time', made('', [s, p, coffee, field.expiry(8_640_000_000_000 - TIME + 1), usual]), 'expiry'],
  ['an expiry of 1023 words', made('', [s, p, coffee, ['x', Array.from({ length: 1023 }, () => 31)], usual]), 'expiry'],
  ['blocks beyond counting', made('', [s, p, coffee, field.cltv(2n ** 32n), usual]), 'cltv'],
  ['features that begin with zeros', made('', [s, p, coffee, ['9', [0, 16, 8, 0]]]), 'features'],
  ['a field that ends too early', made('', [s, p, coffee, usual], { stray: [13, 31, 31, 1, 2] }), 'truncated'],
  ['half the head of a field', made('', [s, p, coffee, usual], { stray: [13, 0] }), 'truncated'],
  ['filled up with ones', made('', [s, ['p', p[1].with(-1, 17)], coffee, usual]), 'padding'],
  ['a description with a word too many', made('', [s, p, ['d', [...field.description('drink')[1], 0]], usual]), 'padding'],
  ['a route that ends within a hop', made('', [s, p, coffee, ['r', viaTwo[1].slice(0, 80)], usual]), 'route'],
  ['a route of nothing', made('', [s, p, coffee, ['r', []], usual]), 'route'],
  ['a route over what is no node', made('', [s, p, coffee, field.route({ ...viaOne, nodeId: '00'.repeat(33) }), usual]), 'route'],
  ['a fallback of a wrong length', made('', [s, p, coffee, field.fallback(17, '00'.repeat(19)), usual]), 'fallback'],
  ['a witness program of a wrong length', made('', [s, p, coffee, field.fallback(0, '00'.repeat(21)), usual]), 'fallback'],
  ['an empty fallback', made('', [s, p, coffee, ['f', []], usual]), 'fallback'],
  ['an LNURL', 'LNURL1DP68GURN8GHJ7ETCV9KHQMR99E3K7MGE0F6VX', 'checksum'],
  ['an offer', 'lno1zcss9mk8y3wkklfvevcrszlmu23kfrxh49px20665dqwmn4p72pksese', 'checksum'],
  ['nothing', '  lightning:', 'empty'],
  ['more than is ever read', `lnbc1${'q'.repeat(8_000)}`, 'length'],
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

describe('BOLT 11', () => {
  it.each(EXAMPLES)('reads %s', (_, text, sha, says) => {
    expect(sha256(text)).toBe(sha)
    expect(readInvoice(text)).toMatchObject(says)
    expect(readInvoice(` lightning:${text}\n`)).toMatchObject(says)
  })

  for (const [name, text, reason, sha] of REFUSED) {
    it(`refuses ${name}`, () => {
      if (sha !== undefined) expect(sha256(text)).toBe(sha)
      expect(refusal(() => readInvoice(text))).toBe(`ADDRESS_INVALID ${reason}`)
    })
  }

  it('tells an invoice of another chain or coin from one that is none', () => {
    const of = (prefix: string): string => made('10u', [s, p, coffee, usual], { prefix })
    expect(['lnbc', 'lntb', 'lntbs', 'lnbcrt'].map((prefix) => readInvoice(of(prefix)).chain)).toEqual(['main', 'test', 'signet', 'regtest'])
    expect(readInvoice(of('lntb'), { chain: 'testnet4' }).chain).toBe('testnet4')
    expect(refusal(() => readInvoice(of('lntb'), { chain: 'main' }))).toBe('ADDRESS_FOREIGN')
    expect(refusal(() => readInvoice(of('lnbc'), { chain: 'regtest' }))).toBe('ADDRESS_FOREIGN')
    expect(refusal(() => readInvoice(of('lnltc')))).toBe('ADDRESS_FOREIGN')
    expect(refusal(() => readInvoice(of('lnconstructor')))).toBe('ADDRESS_FOREIGN')
    expect(refusal(() => readInvoice(of('lnurl')))).toBe('ADDRESS_INVALID prefix')
    expect(refusal(() => readInvoice(of('bc')))).toBe('ADDRESS_INVALID prefix')
  })

  it('knows when its time is over', () => {
    const text = made('10u', [s, p, coffee, field.expiry(60), usual])
    expect(readInvoice(text, { now: new Date((TIME + 60) * 1000 - 1) }).amountMsat).toBe(1_000_000n)
    expect(refusal(() => readInvoice(text, { now: new Date((TIME + 60) * 1000) }))).toBe('INVOICE_EXPIRED')
    // Down to the last second that a clock can show, and not over before it began.
    expect(readInvoice(made('', [s, p, coffee, field.expiry(8_640_000_000_000 - TIME), usual])).expiresAt.getTime()).toBe(8.64e15)
    expect(refusal(() => readInvoice(made('', [s, p, coffee, ['x', []], usual]), { now: new Date(TIME * 1000) }))).toBe('INVOICE_EXPIRED')
  })
})

const hex = (size: number): fc.Arbitrary<string> => fc.uint8Array({ minLength: size, maxLength: size }).map(hexOf)
const keys = fc.integer({ min: 1, max: 200 }).map((byte) => Buffer.alloc(32, byte))
const hops = fc.record({
  nodeId: keys.map((key) => hexOf(secp256k1.getPublicKey(key))), feeBaseMsat: fc.nat(0xffff_ffff), feeMillionths: fc.nat(0xffff_ffff), cltvDelta: fc.nat(0xffff),
  shortChannelId: fc.tuple(fc.nat(0xff_ffff), fc.nat(0xff_ffff), fc.nat(0xffff)).map((parts) => parts.join('x')),
})
const drafts = fc.record({
  key: keys, named: fc.boolean(), units: fc.constantFrom(['', 100_000_000_000n], ['m', 100_000_000n], ['u', 100_000n], ['n', 100n]) as fc.Arbitrary<readonly [string, bigint]>, count: fc.option(fc.bigInt({ min: 1n, max: 20_000_000n })),
  hash: hex(32), secret: hex(32), about: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }).map((text) => ({ text })), hex(32).map((digest) => ({ digest }))), expiry: fc.option(fc.bigInt({ min: 0n, max: 10n ** 11n })),
  cltv: fc.option(fc.nat(5000)), timestamp: fc.nat(2 ** 31 - 1), routes: fc.array(fc.array(hops, { minLength: 1, maxLength: 3 }), { maxLength: 3 }), metadata: fc.option(hex(20)),
})

describe('invoices by chance', () => {
  it('reads what was written', () => {
    fc.assert(fc.property(drafts, ({ key, named, units: [unit, msat], count, hash, secret, about, expiry, cltv, timestamp, routes, metadata }) => {
      const payee = hexOf(secp256k1.getPublicKey(key))
      const text = encodeInvoice({
        key, timestamp, amount: count === null ? '' : `${count}${unit}`, fields: [
          field.paymentHash(hash), field.secret(secret), 'text' in about ? field.description(about.text) : field.descriptionHash(about.digest), usual,
          ...(named ? [field.payee(payee)] : []), ...(expiry === null ? [] : [field.expiry(expiry)]), ...(cltv === null ? [] : [field.cltv(cltv)]), ...(metadata === null ? [] : [field.metadata(metadata)]),
          ...routes.map((route) => field.route(...route)),
        ],
      })
      const read = readInvoice(text)
      expect(read).toEqual({
        chain: 'main', amountMsat: count === null ? null : count * msat, paymentHash: hash, paymentSecret: secret, payee, description: 'text' in about ? about.text : null,
        descriptionHash: 'digest' in about ? about.digest : null, metadata, timestamp: new Date(timestamp * 1000), expiresAt: new Date((timestamp + Number(expiry ?? 3600n)) * 1000),
        minFinalCltv: cltv ?? 18, features: [8, 14], routeHints: routes, fallbacks: [],
      })
    }), { numRuns: 60 })
  })

  it('one character changed, taken away or doubled: never another invoice', () => {
    const text = made('2500u', [s, p, coffee, NAMED, usual])
    fc.assert(fc.property(fc.nat(text.length - 1), fc.constantFrom(...'qpzry9x8gf2tvdw0s3jn54khce6mua7l1bLN '), fc.constantFrom('change', 'take', 'double'), (at, character, how) => {
      const spoilt = `${text.slice(0, at)}${how === 'change' ? character : how === 'take' ? '' : `${text[at]}${text[at]}`}${text.slice(at + 1)}`
      if (spoilt.toLowerCase().trim() === text) return
      expect(refusal(() => readInvoice(spoilt)), spoilt).toMatch(/^ADDRESS_INVALID (checksum|prefix)$/)
    }), { numRuns: 300 })
  })

  it('a field changed after signing, under a right checksum: refused where the payee is named, another payee where not', () => {
    const spoil = (named: boolean, bit: number): string => made('2500u', [s, p, coffee, ...(named ? [NAMED] : []), usual], {
      signature: (signature) => signature.with(bit >> 3, (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7))),
    })
    fc.assert(fc.property(fc.nat(511), (bit) => {
      expect(refusal(() => readInvoice(spoil(true, bit)))).toBe('ADDRESS_INVALID signature')
      const text = spoil(false, bit)
      const found = refusal(() => readInvoice(text))
      if (found === 'nothing thrown') expect(readInvoice(text).payee).not.toBe(PAYEE)
      else expect(found).toBe('ADDRESS_INVALID signature')
    }), { numRuns: 100 })
  })

  it('whatever words are signed: read or refused by its code', () => {
    const words = fc.array(fc.nat(31), { maxLength: 120 })
    fc.assert(fc.property(words, words, (stray, data) => {
      for (const letter of ['p', 's', 'd', 'n', 'h', 'x', 'c', 'f', 'r', '9', 'm']) {
        const found = refusal(() => readInvoice(made('', [s, p, coffee, usual, [letter, data]], { stray })))
        expect(found).toMatch(/^(nothing thrown|ADDRESS_INVALID [a-z-]+)$/)
      }
    }), { numRuns: 100 })
  })

  it('whatever text: refused by its code', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom('', 'lnbc1', 'lightning:ln'), (text, before) => {
      expect(refusal(() => readInvoice(before + text))).toMatch(/^ADDRESS_(INVALID|FOREIGN)/)
    }), { numRuns: 500 })
  })
})
