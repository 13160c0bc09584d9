import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NetworkError } from '@growr/networks'
import { afterEach, describe, expect, it } from 'vitest'
import { findPayee, requestInvoice, type LnurlPayee } from './lnurl-client.ts'
import { metadataHash, payAnswer, payMetadata, payRequest } from './lnurl-pay.ts'
import { encodeLnurl } from './lnurl.ts'
import { encodeInvoice, field, type InvoiceField } from './testing.bolt11.ts'

const NOW = new Date('2026-11-24T05:00:00Z')
const metadata = payMetadata({ description: 'Harvest', identifier: 'maria@pay.example.com' })
const request = payRequest({ callback: 'https://pay.example.com/cb', metadata, terms: { minMsat: 1_000n, maxMsat: 9_000n, commentLength: 20 } })

const invoice = ({ amount = '50n', prefix = 'lnbcrt', hash = metadataHash(metadata), seconds = NOW.getTime() / 1000, about = field.descriptionHash(hash) as InvoiceField } = {}): string => encodeInvoice({
  key: Buffer.alloc(32, 9), prefix, amount, timestamp: seconds, fields: [field.paymentHash('22'.repeat(32)), field.secret('33'.repeat(32)), about, field.features(8, 14)],
})

/** Answers of a service by path and query, and what it was asked. */
function service(answers: (url: URL) => unknown): { asked: string[]; fetch: typeof globalThis.fetch } {
  const asked: string[] = []
  return {
    asked, fetch: (input) => {
      const url = new URL(input instanceof Request ? input.url : input)
      asked.push(url.href)
      const answer = answers(url)
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer instanceof Response ? answer : new Response(typeof answer === 'string' ? answer : JSON.stringify(answer), { status: 418 }))
    },
  }
}

const options = (fetch: typeof globalThis.fetch) => ({ fetch, chain: 'regtest', now: () => NOW }) as const

/** Code and reason of the refusal, or 'nothing thrown'. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'nothing thrown'
  } catch (error) {
    return error instanceof NetworkError ? `${error.code} ${error.details['reason'] ?? ''}`.trim() : String(error)
  }
}

const payee: LnurlPayee = {
  domain: 'pay.example.com', callback: 'https://pay.example.com/cb', minMsat: 1_000n, maxMsat: 9_000n, metadata, description: 'Harvest', identifier: 'maria@pay.example.com', commentLength: 20,
}

describe('paying a Lightning address or an LNURL', () => {
  it('asks what it takes, then for an invoice over exactly that', async () => {
    const { asked, fetch } = service((url) => url.pathname === '/cb' ? payAnswer(invoice()) : request)
    expect(await findPayee('maria@pay.example.com', options(fetch))).toEqual(payee)
    expect(await findPayee(encodeLnurl('https://pay.example.com/p/1'), options(fetch))).toEqual(payee)
    const { invoice: text, read } = await requestInvoice(payee, { amountMsat: 5_000n, comment: '🌽 & más' }, options(fetch))
    expect([text, read.amountMsat]).toEqual([invoice(), 5_000n])
    await requestInvoice({ ...payee, callback: 'https://pay.example.com/cb?id=a%20b#top' }, { amountMsat: 5_000n }, options(fetch))
    await requestInvoice({ ...payee, callback: 'https://pay.example.com/cb?' }, { amountMsat: 5_000n, comment: '' }, options(fetch))
    expect(asked).toEqual([
      'https://pay.example.com/.well-known/lnurlp/maria', 'https://pay.example.com/p/1', 'https://pay.example.com/cb?amount=5000&comment=%F0%9F%8C%BD%20%26%20m%C3%A1s',
      'https://pay.example.com/cb?id=a%20b&amount=5000', 'https://pay.example.com/cb?amount=5000',
    ])
  })

  it('refuses what is none before it asks anybody', async () => {
    const { asked, fetch } = service(() => request)
    for (const text of ['', 'maria@', 'maria@localhost', 'lnurl1x', encodeLnurl('https://pay.example.com/?tag=login')]) expect(await refusal(findPayee(text, options(fetch)))).toMatch(/^ADDRESS_INVALID/)
    expect(await refusal(requestInvoice(payee, { amountMsat: 999n }, options(fetch)))).toBe('AMOUNT_MISMATCH')
    expect(await refusal(requestInvoice(payee, { amountMsat: 9_001n }, options(fetch)))).toBe('AMOUNT_MISMATCH')
    expect(await refusal(requestInvoice(payee, { amountMsat: 1_000n, comment: 'x'.repeat(21) }, options(fetch)))).toBe('NETWORK_UNSUPPORTED')
    expect(asked).toEqual([])
  })

  it.each([
    ['another tag', { ...request, tag: 'withdrawRequest' }, 'ADDRESS_INVALID tag'], ['no callback', { ...request, callback: undefined }, 'ADDRESS_INVALID answer'],
    ['a callback within our network', { ...request, callback: 'https://10.0.0.1/' }, 'ADDRESS_INVALID url'], ['a callback without https', { ...request, callback: 'http://pay.example.com/' }, 'ADDRESS_INVALID url'],
    ['the least of nothing', { ...request, minSendable: 0 }, 'ADDRESS_INVALID answer'], ['less than the least', { ...request, maxSendable: 999 }, 'ADDRESS_INVALID answer'], ['a part of a millisatoshi', { ...request, minSendable: 1000.5 }, 'ADDRESS_INVALID answer'],
    ['amounts as text', { ...request, minSendable: '1000' }, 'ADDRESS_INVALID answer'], ['a sum beyond numbers', `{"tag":"payRequest","callback":"https://pay.example.com/cb","metadata":"[]","minSendable":1,"maxSendable":1e999}`, 'ADDRESS_INVALID answer'],
    ['metadata that is none', { ...request, metadata: 'x' }, 'ADDRESS_INVALID answer'], ['metadata that is no list', { ...request, metadata: '{}' }, 'ADDRESS_INVALID answer'], ['metadata with what is no list', { ...request, metadata: '[["text/plain","x"],1]' }, 'ADDRESS_INVALID answer'],
    ['no description', { ...request, metadata: '[["text/long-desc","x"]]' }, 'ADDRESS_INVALID answer'], ['two descriptions', { ...request, metadata: '[["text/plain","x"],["text/plain","y"]]' }, 'ADDRESS_INVALID answer'],
    ['two images', { ...request, metadata: '[["text/plain","x"],["image/png;base64",""],["image/jpeg;base64",""]]' }, 'ADDRESS_INVALID answer'], ['a negative comment', { ...request, commentAllowed: -1 }, 'ADDRESS_INVALID answer'],
    ['a list', [request], 'ADDRESS_INVALID answer'], ['null', 'null', 'ADDRESS_INVALID answer'], ['a page', '<html>', 'ADDRESS_INVALID answer'], ['nothing', '', 'ADDRESS_INVALID answer'], ['depth', '['.repeat(200_000), 'ADDRESS_INVALID answer'],
    ['no', { status: 'ERROR', reason: 'maria@pay.example.com is away\u001b[2J' }, 'NETWORK_REFUSED'], ['no connection', new TypeError('fetch failed'), 'NETWORK_DOWN'],
  ])('an answer of %s is refused', async (_, answer, expected) => {
    expect(await refusal(findPayee('maria@pay.example.com', options(service(() => answer).fetch)))).toBe(expected)
  })

  it('what the service says is shown short, without addresses and without what moves the cursor', async () => {
    const { fetch } = service(() => ({ status: 'error', reason: `maria@pay.example.com is away\u001b[2J\n${'x'.repeat(500)}` }))
    const error = await findPayee('maria@pay.example.com', options(fetch)).catch((thrown: unknown) => thrown as NetworkError)
    expect((error as NetworkError).message).toMatch(/^the payee's service says no: … is away \[2J x{150,200}$/)
    expect((error as NetworkError).details).toEqual({})
  })

  it.each([
    ['over another sum', invoice({ amount: '51n' }), 'AMOUNT_MISMATCH'], ['over any sum', invoice({ amount: '' }), 'AMOUNT_MISMATCH'], ['for something else', invoice({ hash: '44'.repeat(32) }), 'ADDRESS_INVALID description-hash'],
    ['with a description of its own', invoice({ about: field.description(metadata) }), 'ADDRESS_INVALID description-hash'], ['of another chain', invoice({ prefix: 'lnbc' }), 'ADDRESS_FOREIGN'],
    ['of yesterday', invoice({ seconds: NOW.getTime() / 1000 - 86_400 }), 'INVOICE_EXPIRED'], ['that is none', 'lnbcrt1', 'ADDRESS_INVALID checksum'], ['of another type', 7, 'ADDRESS_INVALID answer'],
  ])('an invoice %s is not paid', async (_, pr, expected) => {
    expect(await refusal(requestInvoice(payee, { amountMsat: 5_000n }, options(service(() => ({ pr, routes: [] })).fetch)))).toBe(expected)
  })

  it('follows three redirects, and none to where it would not ask', async () => {
    const to = (location: string): Response => new Response(null, { status: 302, headers: { location } })
    const steps = (count: number) => service((url) => Number(url.searchParams.get('n')) < count ? to(`?n=${Number(url.searchParams.get('n')) + 1}`) : request)
    expect((await findPayee('maria@pay.example.com', options(steps(3).fetch))).description).toBe('Harvest')
    expect(await refusal(findPayee('maria@pay.example.com', options(steps(4).fetch)))).toBe('ADDRESS_INVALID answer')
    for (const location of ['http://pay.example.com/', 'https://169.254.169.254/latest', 'file:///etc/passwd', 'https://']) {
      const { asked, fetch } = service(() => to(location))
      expect(await refusal(findPayee('maria@pay.example.com', options(fetch)))).toBe('ADDRESS_INVALID url')
      expect(asked).toHaveLength(1)
    }
  })
})

describe('a service on this machine', () => {
  let server: Server | undefined
  afterEach(() => new Promise<void>((resolve) => {
    server?.closeAllConnections()
    if (server === undefined) resolve()
    else server.close(() => resolve())
  }))

  async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    server = createServer(answer)
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    return `maria@127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const local = { fetch: globalThis.fetch, chain: 'regtest', now: () => NOW, loopback: true } as const

  it('is asked and answers over HTTP', async () => {
    const to = await serve(({ url, headers }, response) => {
      const host = `http://${headers.host}`
      response.end(JSON.stringify(url?.startsWith('/cb?amount=5000') ? payAnswer(invoice()) : { ...request, callback: `${host}/cb` }))
    })
    const found = await findPayee(to, local)
    expect((await requestInvoice(found, { amountMsat: 5_000n }, local)).read.amountMsat).toBe(5_000n)
    expect(await refusal(findPayee(to, { ...local, loopback: false }))).toBe('ADDRESS_INVALID url')
  })

  it('that never stops talking is cut off', async () => {
    let written = 0
    const to = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('['.repeat(10_000))) written += 10_000
      }
      response.on('drain', more)
      more()
    })
    expect(await refusal(findPayee(to, local))).toBe('ADDRESS_INVALID answer')
    expect(written).toBeLessThan(50_000_000)
  })

  it('that does not answer, or not to the end, is given up', async () => {
    const silent = await serve(() => undefined)
    expect(await refusal(findPayee(silent, { ...local, timeoutMs: 100 }))).toBe('NETWORK_DOWN')
    server?.closeAllConnections()
    server?.close()
    const slow = await serve((_, response) => response.write('{'))
    expect(await refusal(findPayee(slow, { ...local, timeoutMs: 500 }))).toBe('NETWORK_DOWN')
  })
})
