import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// A server that behaves like Daraja, for tests: over a real socket, with tokens, pages and codes as Safaricom documents them.

export interface Paid {
  readonly transactionId: string
  readonly amount: string
  readonly billreference: string
  /** As `trxDate`. */
  readonly at: Date
  readonly type?: string
}

export interface DarajaServer {
  readonly url: string
  /** What Pull Transactions knows. */
  readonly paid: Paid[]
  readonly requests: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[]
  /** How it answers: as it should, not at all (the connection is cut), busy, or as to somebody with a wrong key. */
  mood: 'well' | 'dead' | 'busy' | 'closed' | 'nonsense'
  /** Tokens that were given so far are worth nothing any more. */
  expireTokens(): void
  close(): Promise<void>
}

const PAGE = 2

export async function startDaraja({ key = 'key', secret = 'secret', shortCode = '600984' } = {}): Promise<DarajaServer> {
  const requests: DarajaServer['requests'] = []
  const paid: Paid[] = []
  let token = 1
  const reply = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const answer = (request: IncomingMessage, body: Record<string, unknown>, response: ServerResponse): void => {
    const path = request.url ?? ''
    requests.push({ path, body })
    if (server.mood === 'dead') return void response.socket?.destroy()
    if (server.mood === 'busy') return reply(response, 503, { errorMessage: 'Service is currently under maintenance' })
    if (server.mood === 'nonsense') return void response.end('<html>')
    if (path.startsWith('/oauth/v1/generate?grant_type=client_credentials')) {
      const known = request.headers.authorization === `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`
      return known && server.mood !== 'closed' ? reply(response, 200, { access_token: `token-${token}`, expires_in: '3599' }) : reply(response, 400, { errorCode: '400.008.01' })
    }
    if (path !== '/pulltransactions/v1/query' || request.method !== 'POST') return reply(response, 404, {})
    if (request.headers.authorization !== `Bearer token-${token}`) return reply(response, 401, { errorCode: '401.003.01', errorMessage: 'Invalid Access Token' })
    if (body['ShortCode'] !== shortCode) return reply(response, 400, { errorMessage: 'Invalid ShortCode' })
    const east = (text: unknown): number => new Date(`${String(text).replace(' ', 'T')}+03:00`).getTime()
    const inside = paid.filter(({ at }) => at.getTime() >= east(body['StartDate']) && at.getTime() <= east(body['EndDate']))
    const rows = inside.slice(Number(body['OffSetValue']), Number(body['OffSetValue']) + PAGE).map(({ transactionId, amount, billreference, at, type = 'c2b-pay-bill-debit' }) => ({
      transactionId, trxDate: at.toISOString().replace('.000Z', 'Z'), msisdn: 722000000, sender: 'MPESA', transactiontype: type, billreference, amount, organizationname: 'Daraja Pull API Test',
    }))
    if (rows.length === 0) return reply(response, 200, { ResponseRefID: '26178-42530161-2', ResponseCode: '1001', ResponseMessage: 'Null', Response: [[]] })
    return reply(response, 200, { ResponseRefID: '26178-42530161-2', ResponseCode: '1000', ResponseMessage: 'Success', Response: [rows] })
  }
  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(request, chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>), response))
  })
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening))
  http.unref()
  const server: DarajaServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, paid, requests, mood: 'well',
    expireTokens: () => { token += 1 },
    close: () => new Promise((closed) => { http.closeAllConnections(); http.close(() => closed()) }),
  }
  return server
}

/** The C2B confirmation that Daraja posts, as its documentation shows it. */
export const confirmation = ({ transactionId, amount, billreference, at }: Paid): Record<string, string> => ({
  TransactionType: 'Pay Bill', TransID: transactionId, TransTime: new Date(at.getTime() + 3 * 3_600_000).toISOString().replace(/[-:T]/g, '').slice(0, 14),
  TransAmount: amount, BusinessShortCode: '600984', BillRefNumber: billreference, InvoiceNumber: '', OrgAccountBalance: '49197.00', ThirdPartyTransID: '', MSISDN: '2547*****149', FirstName: 'John',
})
