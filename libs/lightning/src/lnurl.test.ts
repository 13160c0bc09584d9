import { createHash } from 'node:crypto'
import { bech32 } from '@scure/base'
import { NetworkError } from '@growr/networks'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lnurlError, metadataHash, payAnswer, payMetadata, payRequest, readPayCallback } from './lnurl-pay.ts'
import { addressPath, decodeLnurl, encodeLnurl, readLightningAddress, serviceUrl } from './lnurl.ts'

/** Code and reason of the refusal, or 'nothing thrown'. */
function refusal(work: () => unknown): string {
  try {
    work()
    return 'nothing thrown'
  } catch (error) {
    return error instanceof NetworkError ? `${error.code} ${error.details['reason'] ?? ''}`.trim() : String(error)
  }
}

const raw = (url: string, prefix = 'lnurl'): string => bech32.encode(prefix, bech32.toWords(Buffer.from(url)), false)

describe('LUD-01', () => {
  const url = 'https://service.com/api?q=3fc3645b439ce8e7f2553a69e5267081d96dcd340693afabe04be7b0ccd178df'

  it('the example, to the letter, and back', () => {
    const text = encodeLnurl(url)
    expect(createHash('sha256').update(text).digest('hex')).toBe('289c52b7924f0b5c14696fc33df33a4b8ac50ffa1f101a4f5858df967a0b65de')
    for (const each of [text, text.toLowerCase(), `lightning:${text}`, `  LIGHTNING:${text} `, `https://service.com/giftcard/redeem?id=123&lightning=${text}`]) expect(decodeLnurl(each).href).toBe(url)
  })

  it.each([
    ['mixed letters', encodeLnurl(url).replace('LNURL', 'lnurl'), 'checksum'], ['a wrong checksum', `${encodeLnurl(url).slice(0, -1)}Q`, 'checksum'], ['another prefix', raw(url, 'lnbc'), 'checksum'],
    ['bytes that are no text', bech32.encode('lnurl', bech32.toWords(Uint8Array.of(0xff, 0xfe)), false), 'url'], ['text that is no URL', raw('service'), 'url'], ['nothing', ' ', 'empty'],
    ['a URL without an LNURL in it', 'https://service.com/?lightning=', 'checksum'], ['more than is ever read', `LNURL1${'Q'.repeat(8_000)}`, 'length'], ['a long URL', raw(`https://service.com/${'a'.repeat(2_000)}`), 'url'],
  ])('refuses %s', (_, text, reason) => expect(refusal(() => decodeLnurl(text))).toBe(`ADDRESS_INVALID ${reason}`))

  it.each([
    'http://service.com/', 'ftp://service.com/', 'javascript:alert(1)', 'https://localhost/', 'https://127.0.0.1/', 'https://0x7f.1/', 'https://2130706433/', 'https://[::1]/', 'https://10.0.0.1/', 'https://intranet/',
    'https://printer.local/', 'https://db.internal/', 'https://x.localhost./', 'https://user:password@service.com/', 'https://user@service.com/', 'https://:password@service.com/', 'http://service.com.onion.example/', 'https://1.2.3.4./', 'http://127.0.0.1:3000/',
  ])('nobody has us ask %s', (each) => expect(refusal(() => decodeLnurl(raw(each)))).toBe('ADDRESS_INVALID url'))

  it('onion services over http; this machine for tests alone', () => {
    const onion = `http://${'a'.repeat(56)}.onion/pay?x=1`
    expect(decodeLnurl(encodeLnurl(onion)).href).toBe(onion)
    expect(serviceUrl('http://127.0.0.1:3000/a', { loopback: true }).port).toBe('3000')
    expect(refusal(() => serviceUrl('http://10.0.0.1/', { loopback: true }))).toBe('ADDRESS_INVALID url')
  })

  it('any URL there and back', () => {
    fc.assert(fc.property(fc.webUrl({ validSchemes: ['https'], withQueryParameters: true }), (each) => {
      if (refusal(() => serviceUrl(each)) !== 'nothing thrown') return
      expect(decodeLnurl(encodeLnurl(each)).href).toBe(new URL(each).href)
    }), { numRuns: 100 })
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      for (const each of [text, `lnurl1${text}`, raw(text)]) expect(refusal(() => decodeLnurl(each))).toMatch(/^ADDRESS_INVALID/)
    }), { numRuns: 200 })
  })
})

describe('LUD-16', () => {
  it('where the service answers', () => {
    expect(readLightningAddress('satoshi@bitcoin.org')).toEqual({ user: 'satoshi', domain: 'bitcoin.org', url: new URL('https://bitcoin.org/.well-known/lnurlp/satoshi') })
    expect(readLightningAddress(' Satoshi@Bitcoin.org ').url.href).toBe('https://bitcoin.org/.well-known/lnurlp/satoshi')
    expect(readLightningAddress(`a-b_c.9@${'b'.repeat(56)}.onion`).url.protocol).toBe('http:')
    expect(readLightningAddress('x@127.0.0.1:80', { loopback: true }).url.href).toBe('http://127.0.0.1/.well-known/lnurlp/x')
    expect(addressPath('maria')).toBe('/.well-known/lnurlp/maria')
    expect(() => addressPath('Maria')).toThrow(RangeError)
  })

  it.each(['satoshi', '@bitcoin.org', 'satoshi@', 'a@b@c.org', 'sato shi@bitcoin.org', 'satoshi+tag@bitcoin.org', 'x@bitcoin.org/../..', 'x@localhost', 'x@127.0.0.1', 'x@y', 'x@bitcoin.org?a', `${'x'.repeat(65)}@bitcoin.org`, 'ñ@bitcoin.org'])('%s is none', (text) => {
    expect(refusal(() => readLightningAddress(text))).toMatch(/^ADDRESS_INVALID (address|url)$/)
  })
})

describe('LUD-06 and LUD-12, the service', () => {
  const terms = { minMsat: 1_000n, maxMsat: 5_000_000n, commentLength: 10 }
  const callback = 'https://pay.example.com/lnurl/7'

  it('what is paid for is one string, and its hash stands in the invoice', () => {
    const metadata = payMetadata({ description: 'Repaying «Harvest»', longDescription: 'one\ntwo', identifier: 'maria@pay.example.com' })
    expect(metadata).toBe('[["text/plain","Repaying «Harvest»"],["text/long-desc","one\\ntwo"],["text/identifier","maria@pay.example.com"]]')
    expect(payMetadata({ description: 'x', identifier: 'maria@pay.example.com', email: true })).toBe('[["text/plain","x"],["text/email","maria@pay.example.com"]]')
    // printf '[["text/plain","x"]]' | sha256sum
    expect(metadataHash(payMetadata({ description: 'x' }))).toBe('accb67228cca8af3257f92c0a92dcb1513afa9e545c5c9bb03f0bbc54806793a')
    expect(payRequest({ callback, metadata, terms })).toEqual({ tag: 'payRequest', callback, minSendable: 1_000, maxSendable: 5_000_000, metadata, commentAllowed: 10 })
    expect(payRequest({ callback, metadata, terms: { minMsat: 1n, maxMsat: 1n } })).toEqual({ tag: 'payRequest', callback, minSendable: 1, maxSendable: 1, metadata })
    expect(payAnswer('lnbc1')).toEqual({ pr: 'lnbc1', routes: [] })
    expect(lnurlError('Later')).toEqual({ status: 'ERROR', reason: 'Later' })
  })

  it.each([
    [{ ...terms, minMsat: 0n }, callback], [{ ...terms, maxMsat: 999n }, callback], [{ ...terms, maxMsat: 2n ** 53n }, callback], [{ ...terms, commentLength: 1_001 }, callback], [{ ...terms, commentLength: 0.5 }, callback],
    [terms, 'http://pay.example.com/'], [terms, '/lnurl/7'],
  ])('refuses terms or a callback that no wallet could meet', (each, where) => expect(() => payRequest({ callback: where, metadata: '[]', terms: each })).toThrow(RangeError))

  it.each([
    ['amount=1000', { amountMsat: 1_000n, comment: null }], ['amount=5000000&comment=', { amountMsat: 5_000_000n, comment: null }], ['amount=1000&comment=%F0%9F%8C%BD%20gracias', { amountMsat: 1_000n, comment: '🌽 gracias' }],
    ['amount=1000&nostr=%7B%7D', { amountMsat: 1_000n, comment: null }],
  ])('reads %s', (query, expected) => expect(readPayCallback(new URLSearchParams(query), terms)).toEqual(expected))

  it.each(['', 'amount=', 'amount=0', 'amount=-1000', 'amount=01000', 'amount=1e4', 'amount=1000.0', 'amount=999', 'amount=5000001', 'amount=1000&amount=1000', `amount=${'9'.repeat(60)}`, 'amount=1000&comment=12345678901', 'amount=1000&comment=a&comment=b', 'amount=0x3e8'])(
    'answers with what is wrong: %s', (query) => expect(readPayCallback(new URLSearchParams(query), terms)).toEqual({ status: 'ERROR', reason: expect.any(String) as string }))

  it('takes no comment where none is allowed', () => {
    expect(readPayCallback(new URLSearchParams('amount=1&comment=a'), { minMsat: 1n, maxMsat: 1n })).toEqual(lnurlError('Comments are not taken here'))
  })
})
